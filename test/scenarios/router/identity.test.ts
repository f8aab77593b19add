import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { getuid } from 'node:process';
import { test } from 'node:test';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { missing, ROUTERS } from '../../support/programs.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';

const skip = getuid?.() === 0 ? false : 'only root can become another user';

for (const router of ROUTERS)
  test(
    `${router}: 'user' and 'group' are taken on once everything is bound, and the router serves as them`,
    { skip: skip || missing(router), timeout: 300_000 },
    async (t) => {
      const app = await startApp(t);
      const { url, process } = await startRouting(t, router, {
        global: ['user nobody', 'group nogroup'],
        backend: [`server one 127.0.0.1:${app.port}`],
      });
      const status = readFileSync(`/proc/${process.pid}/status`, 'utf8');
      assert.match(status, /^Uid:\t65534\t65534\t65534\t65534$/m);
      assert.match(status, /^Gid:\t65534\t65534\t65534\t65534$/m);
      assert.match(status, /^Groups:\t ?$/m);
      assert.equal((await request(url)).status, 200);
    },
  );

test('router: a user that does not exist stops the start', { skip, timeout: 300_000 }, async (t) => {
  const started = startRouting(t, 'router', {
    global: ['user nobody-of-that-name'],
    backend: ['server one 127.0.0.1:1'],
  });
  await assert.rejects(started, /cannot become user 'nobody-of-that-name'/);
});

forEachRouter(
  "'node' and 'description' are what the statistics page shows where it says nothing else",
  async (t, router) => {
    const { url } = await startRouting(t, router, {
      global: ['node lb1', 'description the one in the basement'],
      frontend: ['stats enable', 'stats uri /stats', 'stats show-node', 'stats show-desc'],
      backend: ['server one 127.0.0.1:1'],
    });
    const page = (await request(`${url}/stats`)).text;
    assert.match(page, /lb1/);
    assert.match(page, /the one in the basement/);
  },
);
