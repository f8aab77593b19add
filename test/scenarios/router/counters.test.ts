/** What stick tables count, and when: the same requests through HAProxy and the router, and every counter compared after each. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { once } from 'node:events';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { ENGINES, engineStatements } from '../../support/engines.ts';
import { freePort } from '../../support/ports.ts';
import { missing, startProgram } from '../../support/programs.ts';
import type { Router } from '../../support/programs.ts';
import { exchange, openRaw } from '../../support/raw.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

const haproxy = { skip: missing('haproxy'), timeout: 60_000 };

/** Counters that do not depend on the time, nor on how bytes are counted. */
const COUNTERS = [
  'conn_cnt',
  'conn_cur',
  'sess_cnt',
  'http_req_cnt',
  'http_err_cnt',
  'http_fail_cnt',
  'get_gpc0',
  'get_gpc1',
  'get_gpt0',
  'conn_rate',
  'sess_rate',
  'http_req_rate',
  'http_err_rate',
  'http_fail_rate',
  'gpc0_rate',
];
const STORE =
  'conn_cnt,conn_cur,sess_cnt,http_req_cnt,http_err_cnt,http_fail_cnt,gpc0,gpc1,gpt0,conn_rate(1h),sess_rate(1h),http_req_rate(1h),http_err_rate(1h),http_fail_rate(1h),gpc0_rate(1h)';
const shown = COUNTERS.map((name) => `${name}=%[src_${name}(front)]`).join(' ');

async function startOrigin(t: TestContext): Promise<number> {
  const server: Server = createServer((request, response) => {
    response.statusCode = Number(/^\/s(\d+)/.exec(request.url ?? '')?.[1] ?? 200);
    response.end('hello');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close().closeAllConnections());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** The ways to track a client. */
const TRACKING: Readonly<Record<string, readonly string[]>> = {
  'tcp-request connection': ['tcp-request connection track-sc0 src'],
  'tcp-request session': ['tcp-request session track-sc0 src'],
  'tcp-request content': ['tcp-request content track-sc0 src'],
  'http-request': ['http-request track-sc0 src'],
  'http-response': ['http-response track-sc0 src'],
  'two slots': ['tcp-request connection track-sc1 src', 'http-request track-sc0 src if { path_beg /s }'],
  'one slot twice': ['tcp-request connection track-sc0 src', 'http-request track-sc0 src if { path_beg /s }'],
};

const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
const CLOSE = 'Connection: close\r\n';

/** What clients send, each on a connection of its own. */
const SENT: readonly string[] = [
  get('/', CLOSE),
  get('/s404', CLOSE),
  get('/s500', CLOSE),
  get('/s501', CLOSE),
  get('/s505', CLOSE),
  get('/deny', CLOSE),
  get('/return-404', CLOSE),
  get('/return-503', CLOSE),
  get('/redirect', CLOSE),
  get('/reject', CLOSE),
  get('/none', CLOSE),
  get('/down', CLOSE),
  get('/gpc', CLOSE),
  get('/gpt', CLOSE),
  get('/s200') + get('/s404') + get('/deny') + get('/', CLOSE),
  'GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n',
];

/** Starts a router that tracks clients so, and a way to read what it counted for them. */
async function startCounting(t: TestContext, router: Router, tracking: readonly string[]) {
  const [origin, port, readPort] = [await startOrigin(t), await freePort(), await freePort()];
  const lines = `defaults
 mode http
 timeout client 10s
 timeout connect 1s
 timeout server 10s
frontend front
 bind 127.0.0.1:${port}
 stick-table type ip size 100 expire 1h store ${STORE}
 ${tracking.join('\n ')}
 http-request deny if { path /deny }
 http-request return status 404 content-type text/plain string x if { path /return-404 }
 http-request return status 503 content-type text/plain string x if { path /return-503 }
 http-request redirect location /x if { path /redirect }
 http-request reject if { path /reject }
 http-request sc-inc-gpc0(0) if { path /gpc }
 http-request sc-inc-gpc1(0) if { path /gpc }
 http-request sc-set-gpt0(0) 7 if { path /gpt }
 use_backend none if { path /none }
 use_backend down if { path /down }
 default_backend apps
frontend reading
 bind 127.0.0.1:${readPort}
 http-request return status 200 content-type text/plain lf-string "${shown}"
backend none
backend down
 retries 0
 server s 127.0.0.1:1
backend apps
 server s 127.0.0.1:${origin}
`;
  await startProgram(t, router, new TempDir(t).write('haproxy.cfg', lines), [port, readPort]);
  /** Once the connections so far have ended. */
  const read = (): Promise<string> =>
    until('the end of all connections', async () => {
      const body = (await exchange(t, readPort, get('/', CLOSE))).split('\r\n\r\n')[1] ?? '';
      return body.includes('conn_cur=0') ? body : undefined;
    });
  return { port, read };
}

async function counted(t: TestContext, router: Router, tracking: readonly string[]): Promise<readonly string[]> {
  const { port, read } = await startCounting(t, router, tracking);
  const seen: string[] = [];
  for (const bytes of SENT) {
    const client = await openRaw(t, port);
    client.send(bytes);
    await client.ended();
    client.socket.destroy();
    seen.push(`${bytes.replaceAll(/ HTTP.*?\r\n\r\n/gs, ' ')} ${await read()}`);
  }
  const silent = await openRaw(t, port);
  silent.end();
  await silent.ended();
  seen.push(`nothing ${await read()}`);
  return seen;
}

for (const [name, tracking] of Object.entries(TRACKING))
  for (const engine of ENGINES)
    test(`${engine}: counters of ${name} are those of HAProxy after each request`, haproxy, async (t) => {
      const [theirs, ours] = await Promise.all([
        counted(t, 'haproxy', tracking),
        counted(t, 'router', [...engineStatements(engine), ...tracking]),
      ]);
      assert.deepEqual(ours, theirs);
    });
