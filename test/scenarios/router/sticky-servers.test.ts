import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { echoOf, startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { freePort } from '../../support/ports.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';
import { counted } from '../../support/statistics.ts';
import { until } from '../../support/until.ts';

const cookie = (value: string): { readonly headers: { readonly cookie: string } } => ({
  headers: { cookie: `SRV=${value}` },
});

forEachRouter('a client whose server has a full queue goes to another with option redispatch', async (t, router) => {
  const [one, two] = [await startApp(t, { name: 'one' }), await startApp(t, { name: 'two' })];
  const { url, syslog } = await startRouting(t, router, {
    frontend: ['stats enable'],
    backend: [
      'cookie SRV insert indirect',
      'option redispatch',
      'timeout queue 8s',
      `server one 127.0.0.1:${one.port} cookie 1 maxconn 1 maxqueue 1`,
      `server two 127.0.0.1:${two.port} cookie 2`,
    ],
  });
  const first = request(`${url}/held/1`, cookie('1'));
  await until('the first request', () => one.held === 1);
  // One of these waits, and the other finds the queue full.
  const others = ['/second', '/third'].map((path) => request(`${url}${path}`, cookie('1')));
  assert.equal(echoOf(await Promise.race(others)).app, 'two');
  one.release();
  assert.equal((await first).status, 200);
  const apps = (await Promise.all(others)).map((answer) => echoOf(answer).app);
  assert.deepEqual(apps.toSorted(), ['one', 'two']);
  await syslog.message(/apps\/two .* --DI \d+\/\d+\/\d+\/\d+\/\+0 0\/0 "GET/);
  await syslog.message(/apps\/one .* --VN .* 1\/0 "GET/);
  // What cookies chose is not balanced, what left a full queue is sent elsewhere.
  await counted(`${url}/haproxy?stats`, 'apps/one', { stot: '2', lbtot: '0', wredis: '1' });
  await counted(`${url}/haproxy?stats`, 'apps/two', { stot: '1', lbtot: '1', wredis: '0' });
  await counted(`${url}/haproxy?stats`, 'apps/BACKEND', { stot: '3', lbtot: '1', wredis: '1' });
});

forEachRouter('a client whose server is down is moved and gets a new cookie', async (t, router) => {
  const [one, two] = [await startApp(t, { name: 'one' }), await startApp(t, { name: 'two' })];
  const { url, syslog } = await startRouting(t, router, {
    frontend: ['use_backend stays if { path_beg /stays }'],
    backend: [
      'cookie SRV insert indirect',
      'option httpchk OPTIONS /health',
      'timeout check 5s',
      `server one 127.0.0.1:${one.port} cookie 1 check inter 100ms`,
      `server two 127.0.0.1:${two.port} cookie 2`,
    ],
    backends: {
      stays: [
        'cookie SRV insert indirect',
        'option persist',
        'option httpchk OPTIONS /health',
        'timeout check 5s',
        `server one 127.0.0.1:${one.port} cookie 1 check inter 100ms`,
        `server two 127.0.0.1:${two.port} cookie 2`,
      ],
    },
  });
  assert.equal(echoOf(await request(`${url}/up`, cookie('1'))).app, 'one');
  one.healthy = false;
  await syslog.message(/^Server apps\/one is DOWN/);
  await syslog.message(/^Server stays\/one is DOWN/);
  const moved = await request(`${url}/moved`, cookie('1'));
  assert.equal(echoOf(moved).app, 'two');
  assert.deepEqual(moved.headers['set-cookie'], ['SRV=2; path=/']);
  assert.match(await syslog.message(/moved/), /apps\/two .* --DI /);
  assert.equal(echoOf(await request(`${url}/stays`, cookie('1'))).app, 'one');
  assert.match(await syslog.message(/stays HTTP/), /stays\/one .* --DN /);
});

for (const [redispatch, ends] of [
  ['no option redispatch', /apps\/dead .* 503 .* SCVN .*\/1 0\/0 "GET/],
  ['option redispatch', /apps\/alive .* 200 .* --DI .*\/\+1 0\/0 "GET/],
] as const)
  forEachRouter(`with ${redispatch} a client whose server refuses is logged as HAProxy does`, async (t, router) => {
    const app = await startApp(t, { name: 'alive' });
    const { url, syslog } = await startRouting(t, router, {
      backend: [
        'timeout connect 100ms',
        'retries 1',
        redispatch,
        'cookie SRV insert indirect',
        `server dead 127.0.0.1:${await freePort()} cookie 1`,
        `server alive 127.0.0.1:${app.port} cookie 2`,
      ],
    });
    await request(`${url}/x`, cookie('1'));
    assert.match(await syslog.message(/\/x/), ends);
  });

for (const [reuse, seen] of [
  ['never', 'aaa'],
  ['safe', 'aba'],
] as const)
  forEachRouter(`option prefer-last-server with http-reuse ${reuse} gives ${seen}`, async (t, router) => {
    const [a, b] = [await startApp(t, { name: 'a' }), await startApp(t, { name: 'b' })];
    const { url } = await startRouting(t, router, {
      backend: [
        `http-reuse ${reuse}`,
        'option prefer-last-server',
        `server a 127.0.0.1:${a.port}`,
        `server b 127.0.0.1:${b.port}`,
      ],
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    let order = '';
    for (let turn = 0; turn < 3; turn += 1) order += echoOf(await request(url, { agent })).app;
    agent.destroy();
    assert.equal(order, seen);
  });

forEachRouter(
  'a client whose server in the stick table is down is given another, and stays there',
  async (t, router) => {
    const [one, two] = [await startApp(t, { name: 'one' }), await startApp(t, { name: 'two' })];
    const { url, syslog } = await startRouting(t, router, {
      backend: [
        'stick-table type ip size 10',
        'stick on src',
        'option httpchk OPTIONS /health',
        'timeout check 5s',
        `server one 127.0.0.1:${one.port} check inter 100ms`,
        `server two 127.0.0.1:${two.port}`,
      ],
    });
    for (let turn = 0; turn < 2; turn += 1) assert.equal(echoOf(await request(url)).app, 'one');
    one.healthy = false;
    await syslog.message(/^Server apps\/one is DOWN/);
    assert.equal(echoOf(await request(url)).app, 'two');
    one.healthy = true;
    await syslog.message(/^Server apps\/one is UP/);
    for (let turn = 0; turn < 2; turn += 1) assert.equal(echoOf(await request(url)).app, 'two');
  },
);
