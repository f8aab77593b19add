import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { openRaw } from '../../support/raw.ts';
import type { Router } from '../../support/programs.ts';
import { startRouting } from '../../support/routing.ts';
import type { Routing, Statements } from '../../support/routing.ts';
import { forEachRouter, scenario } from '../../support/scenario.ts';
import { until } from '../../support/until.ts';

async function resetWhileWaiting(t: TestContext, router: Router, defaults: Statements): Promise<Routing> {
  const app = await startApp(t);
  const routing = await startRouting(t, router, {
    defaults,
    backend: ['timeout queue 8s', `server one 127.0.0.1:${app.port} maxconn 1`],
  });
  const client = await openRaw(t, routing.port);
  client.send('GET /held HTTP/1.1\r\nHost: a\r\n\r\n');
  await until('the request', () => app.held === 1);
  client.reset();
  await until('the server connection to be closed', () => app.connections() === 0);
  assert.equal((await request(`${routing.url}/next`)).status, 200, 'the only slot of the server is free again');
  return routing;
}

forEachRouter(
  'with abortonclose a client that resets while waiting releases the server connection and its slot',
  async (t, router) => {
    const { syslog } = await resetWhileWaiting(t, router, ['option abortonclose']);
    await syslog.message(/ C[HD]-- .*"GET \/held/);
  },
);

scenario('the router notices a reset without abortonclose too, where HAProxy waits for the server', async (t) => {
  const { syslog } = await resetWhileWaiting(t, 'router', []);
  await syslog.message(/ C[HD]-- .*"GET \/held/);
});

forEachRouter('a client that half-closes after a complete request is still answered', async (t, router) => {
  const app = await startApp(t);
  const { port } = await startRouting(t, router, { backend: [`server one 127.0.0.1:${app.port}`] });
  const client = await openRaw(t, port);
  client.send('GET /held HTTP/1.1\r\nHost: a\r\n\r\n');
  client.end();
  await until('the request', () => app.held === 1);
  app.release();
  assert.match(await client.rest(), /^HTTP\/1\.1 200 [^]*app released$/);
});
