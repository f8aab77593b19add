import assert from 'node:assert/strict';
import { echoOf, startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';

forEachRouter('a backup server is used only while no other is up', async (t, router) => {
  const main = await startApp(t, { name: 'main' });
  const spare = await startApp(t, { name: 'spare' });
  const { url, syslog } = await startRouting(t, router, {
    backend: [
      'timeout check 3s',
      `server main 127.0.0.1:${main.port} check inter 100ms`,
      `server spare 127.0.0.1:${spare.port} backup`,
    ],
  });
  for (let i = 0; i < 3; i += 1) assert.equal(echoOf(await request(url)).app, 'main');
  await main.stop();
  await syslog.message(/^Server apps\/main is DOWN/);
  for (let i = 0; i < 3; i += 1) assert.equal(echoOf(await request(url)).app, 'spare');
  await startApp(t, { name: 'main', port: main.port });
  await syslog.message(/^Server apps\/main is UP/);
  for (let i = 0; i < 3; i += 1) assert.equal(echoOf(await request(url)).app, 'main');
});
