import assert from 'node:assert/strict';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { freePort } from '../../support/ports.ts';
import { startProgram } from '../../support/programs.ts';
import { forEachEngine, together } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';

together('without redispatch', () => {
  /** In YAML `redispatch` is the default. Without it, a client now and then gets the 503 of a server that has just stopped. */
  for (const balance of ['roundrobin', 'leastconn', 'source', 'random']) {
    forEachEngine(
      `a YAML file without redispatch: no client notices that one of two servers stops (balance ${balance})`,
      async (t, engine) => {
        const [one, two] = [await startApp(t, { name: 'one' }), await startApp(t, { name: 'two' })];
        const port = await freePort();
        const file = new TempDir(t).write(
          'router.yaml',
          `
defaults:
  mode: http
  retries: 2
  timeout: { client: 1m, connect: 500ms, server: 1m }
frontends:
  all: { bind: 127.0.0.1:${port}, engine: ${engine}, default_backend: apps }
backends:
  apps:
    balance: ${balance}
    # The check would take a stopped server out of the rotation.
    servers: { one: "127.0.0.1:${one.port} check inter 1h", two: "127.0.0.1:${two.port} check inter 1h" }
`,
        );
        await startProgram(t, 'router', file, [port]);
        const visit = async (number: number): Promise<number> =>
          (await request(`http://127.0.0.1:${port}/${number}`)).status;
        for (let number = 0; number < 10; number += 1) assert.equal(await visit(number), 200);
        const stopped = one.requests.length > 0 ? one : two;
        await stopped.stop();
        const statuses = [];
        for (let number = 0; number < 12; number += 1) statuses.push(await visit(number));
        assert.deepEqual(
          statuses.filter((status) => status !== 200),
          [],
        );
      },
    );
  }
});
