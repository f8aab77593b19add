import assert from 'node:assert/strict';
import { echoOf, startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { freePort } from '../../support/ports.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';
import { counted } from '../../support/statistics.ts';
import { startCookieApp } from '../../support/sticky.ts';
import { until } from '../../support/until.ts';

const CHECK = 'check inter 100ms fall 1 rise 1';

forEachRouter('on-marked-down shutdown-sessions ends what a server serves when it goes down', async (t, router) => {
  const app = await startApp(t);
  const { url, port, syslog } = await startRouting(t, router, {
    backend: [
      'option httpchk OPTIONS /health',
      'timeout check 5s',
      `server s 127.0.0.1:${app.port} ${CHECK} on-marked-down shutdown-sessions`,
    ],
  });
  const held = request(`${url}/held`);
  await until('the request', () => app.held === 1);
  const tunnel = await openRaw(t, port);
  tunnel.send(
    'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  await tunnel.expect(/^HTTP\/1\.1 101 /);
  app.healthy = false;
  assert.equal((await held).status, 502);
  await tunnel.ended();
  await syslog.message(/apps\/s .* 502 .* DH-- .*held/);
  await syslog.message(/apps\/s .* 101 .* D--- .*\/ws/);
});

forEachRouter('a connection in mode tcp that ends with its server is nobody’s abort', async (t, router) => {
  const app = await startApp(t);
  const page = await freePort();
  const { port, syslog } = await startRouting(t, router, {
    defaults: ['mode tcp', 'option tcplog'],
    backend: [
      'option httpchk OPTIONS /health',
      'timeout check 5s',
      `server s 127.0.0.1:${app.port} ${CHECK} on-marked-down shutdown-sessions`,
    ],
    sections: { 'frontend page': ['mode http', `bind 127.0.0.1:${page}`, 'stats enable'] },
  });
  const client = await openRaw(t, port);
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.expect(/^HTTP\/1\.1 200 /);
  app.healthy = false;
  await client.ended();
  await syslog.message(/apps\/s \d+\/\d+\/\d+ \d+ D- /);
  await counted(`http://127.0.0.1:${page}/haproxy?stats`, 'apps/s', { srv_abrt: '0', econ: '0', eresp: '0' });
});

forEachRouter(
  'on-marked-up shutdown-backup-sessions ends what backups serve when a server comes up',
  async (t, router) => {
    const [app, spare] = [await startApp(t, { name: 'app' }), await startApp(t, { name: 'spare' })];
    app.healthy = false;
    const { url, syslog } = await startRouting(t, router, {
      backend: [
        'option httpchk OPTIONS /health',
        'timeout check 5s',
        `server s 127.0.0.1:${app.port} ${CHECK} on-marked-up shutdown-backup-sessions`,
        `server b 127.0.0.1:${spare.port} backup`,
      ],
    });
    await syslog.message(/^Server apps\/s is DOWN/);
    const held = request(`${url}/held`);
    await until('the request', () => spare.held === 1);
    app.healthy = true;
    assert.equal((await held).status, 502);
    await syslog.message(/apps\/b .* 502 .* UH-- .*held/);
  },
);

forEachRouter('observe layer7 takes a server down whose responses fail', async (t, router) => {
  const port = await startCookieApp(t, 'a');
  const { url, syslog } = await startRouting(t, router, {
    backend: [`server s 127.0.0.1:${port} check inter 60s observe layer7 error-limit 2 on-error mark-down`],
  });
  for (const status of [500, 200, 503, 501]) await request(`${url}/?status=${status}`);
  for (let turn = 0; turn < 2; turn += 1) await request(`${url}/?status=500`);
  await syslog.message(
    /^Server apps\/s is DOWN, reason: Health analyze, info: "Detected 2 consecutive errors, last one was: Wrong http response"\. 0 active/,
  );
  assert.equal((await request(url)).status, 503);
});

forEachRouter('track follows the checks of a server in another backend', async (t, router) => {
  const [app, other] = [await startApp(t, { name: 'app' }), await startApp(t, { name: 'other' })];
  const { url, syslog } = await startRouting(t, router, {
    backend: [`server s 127.0.0.1:${other.port} track leads/l`, `server b 127.0.0.1:${app.port} backup`],
    backends: {
      leads: ['option httpchk OPTIONS /health', 'timeout check 5s', `server l 127.0.0.1:${app.port} ${CHECK}`],
    },
  });
  assert.equal(echoOf(await request(url)).app, 'other');
  app.healthy = false;
  await syslog.message(
    /^Server apps\/s is DOWN via leads\/l\. 0 active and 1 backup servers left\. Running on backup\./,
  );
  assert.equal(echoOf(await request(url)).app, 'app');
  app.healthy = true;
  await syslog.message(/^Server apps\/s is UP via leads\/l\. 1 active and 1 backup servers online\./);
  assert.equal(echoOf(await request(url)).app, 'other');
});
