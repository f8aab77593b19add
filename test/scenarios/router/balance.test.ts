import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { echoOf, startApp } from '../../support/apps.ts';
import type { App } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';

async function startApps(t: TestContext): Promise<readonly App[]> {
  return Promise.all(['1', '2', '3'].map((name) => startApp(t, { name })));
}

forEachRouter("balance roundrobin gives weights 3, 2 and 1 their turns in HAProxy's order", async (t, router) => {
  const apps = await startApps(t);
  const { url } = await startRouting(t, router, {
    backend: [
      'balance roundrobin',
      ...apps.map(({ name, port }, i) => `server s${name} 127.0.0.1:${port} weight ${3 - i}`),
    ],
  });
  let order = '';
  for (let i = 0; i < 12; i += 1) order += echoOf(await request(url)).app;
  assert.equal(order, '121312121312');
});

forEachRouter('balance source keeps a client on the server HAProxy would choose', async (t, router) => {
  const apps = await startApps(t);
  const { url } = await startRouting(t, router, {
    backend: ['balance source', ...apps.map(({ name, port }) => `server s${name} 127.0.0.1:${port}`)],
  });
  const expected = { '127.0.0.1': '3', '127.0.0.2': '1', '127.0.0.3': '2', '127.0.0.4': '3' };
  for (const [from, app] of Object.entries(expected)) {
    for (let i = 0; i < 2; i += 1) assert.equal(echoOf(await request(url, { from })).app, app, from);
  }
});
