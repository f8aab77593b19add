import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from '../../support/client.ts';
import { Origin } from '../../support/origin.ts';
import { freePort } from '../../support/ports.ts';
import { TestProcess } from '../../support/process.ts';
import { inRepository, startProgram, skips } from '../../support/programs.ts';
import { exchange } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter, scenario } from '../../support/scenario.ts';
import { startTerminating } from '../../support/terminating.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

const METRICS = 'http-request use-service prometheus-exporter if { path /metrics }';

/** Values by series: `haproxy_frontend_http_requests_total{proxy="front"}` → 3. */
function seriesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

/** What a dashboard for HAProxy asks for, after this traffic: two good requests, one denied, one that finds no server. */
const WANTED: Readonly<Record<string, number>> = {
  'haproxy_frontend_http_responses_total{proxy="front",code="2xx"}': 2,
  'haproxy_frontend_http_responses_total{proxy="front",code="4xx"}': 1,
  'haproxy_frontend_http_responses_total{proxy="front",code="5xx"}': 1,
  'haproxy_frontend_requests_denied_total{proxy="front"}': 1,
  'haproxy_frontend_status{proxy="front",state="UP"}': 1,
  'haproxy_backend_http_responses_total{proxy="apps",code="2xx"}': 2,
  'haproxy_backend_http_requests_total{proxy="apps"}': 2,
  'haproxy_backend_active_servers{proxy="apps"}': 1,
  'haproxy_backend_status{proxy="apps",state="UP"}': 1,
  'haproxy_backend_connection_errors_total{proxy="nowhere"}': 1,
  'haproxy_server_http_responses_total{proxy="apps",server="s1",code="2xx"}': 2,
  'haproxy_server_sessions_total{proxy="apps",server="s1"}': 2,
  'haproxy_server_loadbalanced_total{proxy="apps",server="s1"}': 2,
  'haproxy_server_status{proxy="apps",server="s1",state="UP"}': 1,
  'haproxy_server_status{proxy="apps",server="off",state="MAINT"}': 1,
  'haproxy_server_limit_sessions{proxy="apps",server="s1"}': 20,
  'haproxy_sticktable_size{name="counted",type="string"}': 2048,
  'haproxy_sticktable_used{name="counted",type="string"}': 0,
  haproxy_process_stopping: 0,
};

forEachRouter('the exporter has the names and labels of HAProxy', async (t, router) => {
  const origin = await Origin.listen(t);
  const { url } = await startRouting(t, router, {
    frontend: [METRICS, 'http-request deny if { path /denied }', 'use_backend nowhere if { path /nowhere }'],
    backend: [`server s1 127.0.0.1:${origin.port} maxconn 20`, 'server off 127.0.0.1:1 disabled'],
    backends: {
      nowhere: ['retries 0', `server gone 127.0.0.1:${await freePort()}`],
      counted: ['stick-table type string len 16 size 2k'],
    },
  });
  for (const path of ['/', '/', '/denied', '/nowhere']) await request(url + path);
  const first = await request(`${url}/metrics`);
  assert.match(String(first.headers['content-type']), /^text\/plain; version=0\.0\.4/);
  await until('the requests to be counted', async () => {
    const all = seriesOf((await request(`${url}/metrics`)).text);
    // Scrapes count themselves: 2xx of the frontend grow.
    return Object.entries(WANTED).every(([name, value]) =>
      name.includes('frontend') && name.includes('2xx') ? (all.get(name) ?? 0) >= value : all.get(name) === value,
    );
  });
});

forEachRouter('a scrape may ask for a part', async (t, router) => {
  const { url } = await startRouting(t, router, {
    frontend: [METRICS],
    backend: ['server off 127.0.0.1:1 disabled', 'stick-table type ip size 1k'],
  });
  const names = async (query: string): Promise<Set<string>> => {
    const { text } = await request(`${url}/metrics${query}`);
    return new Set([...text.matchAll(/^haproxy_([a-z]+)_/gm)].map(([, name = '']) => name));
  };
  assert.deepEqual([...(await names('?scope=frontend'))], ['frontend']);
  assert.deepEqual([...(await names('?scope=server&scope=global'))].toSorted(), ['process', 'server']);
  assert.deepEqual([...(await names('?scope=sticktable'))], ['sticktable']);
  assert.deepEqual([...(await names('?scope='))], []);
  assert.ok(!(await names('?no-maint')).has('server'));
  assert.equal((await request(`${url}/metrics?scope=nonsense`)).status, 400);
});

scenario('every metric of HAProxy that means something here is here, with its type', async (t) => {
  const parts = {
    frontend: [METRICS, 'option socket-stats'],
    backend: ['server s1 127.0.0.1:1 check', 'server s2 127.0.0.1:1'],
  };
  const typesOf = async (router: 'haproxy' | 'router'): Promise<readonly string[]> => {
    const { url } = await startRouting(t, router, parts);
    const { text } = await request(`${url}/metrics`);
    return [...text.matchAll(/^# TYPE (.*)$/gm)].map(([, type = '']) => type);
  };
  const [theirs, ours] = [await typesOf('haproxy'), new Set(await typesOf('router'))];
  const missing = theirs.filter((type) => !ours.has(type));
  // TLS, compression, pipes, threads' pools, peers and HAProxy's own logs.
  assert.deepEqual(
    missing.filter(
      (type) =>
        !/ssl|zlib|comp|pipes|peers|spliced|pool_failures|recv_logs|busy_polling|failed_resolutions|unstoppable|max_memory/.test(
          type,
        ),
    ),
    [],
  );
});

scenario('promtool finds nothing wrong with the form, and only names of HAProxy to wish otherwise', async (t) => {
  if (skips(t, 'promtool')) return;
  const origin = await Origin.listen(t);
  const { url } = await startRouting(t, 'router', {
    frontend: [METRICS],
    backend: ['option httpchk', `server s1 127.0.0.1:${origin.port} check`],
  });
  await request(url);
  const { text } = await request(`${url}/metrics`);
  const { stderr, status } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  // 3: the form is right and the linter has wishes.
  assert.ok(status === 0 || status === 3, stderr);
  assert.deepEqual(
    stderr.split('\n').filter((line) => line.startsWith('headgate_')),
    [],
  );
});

scenario('Prometheus scrapes the metrics of a bind of their own', async (t) => {
  if (skips(t, 'promtool')) return;
  const origin = await Origin.listen(t);
  const [port, own, web] = [await freePort(), await freePort(), await freePort()];
  const dir = new TempDir(t);
  const config = [
    'global',
    ' maxconn 1',
    ` metrics 127.0.0.1:${own} path /m`,
    'frontend front',
    ' mode http',
    ' timeout client 30s',
    ` bind 127.0.0.1:${port}`,
    ' default_backend apps',
    'backend apps',
    ' mode http',
    ' timeout connect 1s',
    ' timeout server 10s',
    ` server s1 127.0.0.1:${origin.port}`,
    '',
  ];
  await startProgram(t, 'router', dir.write('r.cfg', config.join('\n')), [port, own]);
  await request(`http://127.0.0.1:${port}/`);
  assert.equal((await request(`http://127.0.0.1:${own}/`)).status, 404);
  // Its one client has the only place there is: who watches gets in all the same.
  const held = exchange(t, port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n').catch(() => undefined);
  const { text } = await request(`http://127.0.0.1:${own}/m`);
  assert.match(text, /^haproxy_frontend_http_requests_total\{proxy="front"\} [12]$/m);
  assert.doesNotMatch(text, /&lt;metrics|<metrics/);

  const prometheus = dir.write(
    'prometheus.yml',
    `global: { scrape_interval: 1s }\nscrape_configs:\n- job_name: headgate\n  metrics_path: /m\n  static_configs: [{ targets: ['127.0.0.1:${own}'] }]\n`,
  );
  const server = new TestProcess(t, '/usr/bin/prometheus', [
    `--config.file=${prometheus}`,
    `--web.listen-address=127.0.0.1:${web}`,
    `--storage.tsdb.path=${dir.path}/data`,
  ]);
  await server.ready([web]);
  const asked = encodeURIComponent('headgate_backend_response_seconds_count{proxy="apps"}');
  const found = await until('a sample in Prometheus', async () => {
    const answer = await request(`http://127.0.0.1:${web}/api/v1/query?query=${asked}`);
    // Prometheus answers 'Service Unavailable' until it has read its storage.
    if (answer.status !== 200) return undefined;
    const { data } = JSON.parse(answer.text) as { data?: { result: { value: [number, string] }[] } };
    return data?.result[0]?.value[1];
  });
  assert.ok(Number(found) >= 1);
  void held;
});

scenario('every metric that the dashboard asks for is one that the programs have', async (t) => {
  const dashboard = readFileSync(inRepository('deploy/grafana/headgate.json'), 'utf8');
  const asked = new Set([...dashboard.matchAll(/\b(?:haproxy|headgate)_[a-z0-9_]+/g)].map(([name]) => name));
  const origin = await Origin.listen(t);
  const [metrics, own] = [await freePort(), await freePort()];
  const { url } = await startRouting(t, 'router', {
    global: ['maxconn 100', `metrics 127.0.0.1:${own}`],
    backend: [`server s1 127.0.0.1:${origin.port}`],
  });
  await request(url);
  await startTerminating(t, 'terminator', { connect: origin.port, global: [`metrics = ${metrics}`] });
  const texts = await Promise.all(
    [own, metrics].map(async (port) => (await request(`http://127.0.0.1:${port}/metrics`)).text),
  );
  // The first second has to pass before there is a delay of the event loop.
  await until('the event loop to be measured', async () =>
    (await request(`http://127.0.0.1:${own}/metrics`)).text.includes('headgate_event_loop_delay_seconds'),
  );
  texts.push((await request(`http://127.0.0.1:${own}/metrics`)).text);
  const known = new Set(texts.flatMap((text) => [...text.matchAll(/^[a-z0-9_]+/gm)].map(([name]) => name)));
  assert.ok(asked.size > 20);
  assert.deepEqual(
    [...asked].filter((name) => !known.has(name)),
    [],
  );
  const lines = texts.join('\n').split('\n');
  const unlabelled = [...dashboard.matchAll(/\b((?:haproxy|headgate)_[a-z0-9_]+)\{([^}]*)\}/g)].flatMap(
    ([, name = '', matchers = '']) =>
      [...matchers.matchAll(/(\w+)[=!]/g)]
        .map(([, label = '']) => label)
        // Prometheus adds these.
        .filter((label) => label !== 'job' && label !== 'instance')
        .filter((label) => !lines.some((line) => line.startsWith(`${name}{`) && line.includes(`${label}="`)))
        .map((label) => `${name}{${label}}`),
  );
  assert.deepEqual(unlabelled, []);
});
