import assert from 'node:assert/strict';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';
import { until } from '../../support/until.ts';

const CHECKS = { 'a connection': [], 'an HTTP request': ['option httpchk'] };

for (const [what, check] of Object.entries(CHECKS)) {
  forEachRouter(
    `a killed server leaves the rotation, requests get 503 meanwhile, and it returns (checked by ${what})`,
    async (t, router) => {
      const first = await startApp(t);
      const { url, syslog } = await startRouting(t, router, {
        backend: [...check, 'timeout check 3s', `server one 127.0.0.1:${first.port} check inter 100ms rise 2 fall 2`],
      });
      await until('the server to be used', async () => (await request(url)).status === 200);

      await first.stop();
      await syslog.message(/^Server apps\/one is DOWN/);
      const refused = await request(url);
      assert.equal(refused.status, 503);
      await syslog.message(/apps\/<NOSRV> \d+\/-1\/-1\/-1\/\d+ 503 .* SC--/);

      await startApp(t, { port: first.port });
      await syslog.message(/^Server apps\/one is UP/);
      await until('the server to be used again', async () => (await request(url)).status === 200);
    },
  );
}
