import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import test from 'node:test';
import { request } from '../../support/client.ts';
import { freePort, isListening } from '../../support/ports.ts';
import { TestProcess } from '../../support/process.ts';
import { inRepository } from '../../support/programs.ts';
import { scenario } from '../../support/scenario.ts';
import { until } from '../../support/until.ts';

test('npm start reports where an invalid port was set', () => {
  const env = { PATH: process.env['PATH'] ?? '', HTTPS_PORT: 'abc' };
  const { status, stderr } = spawnSync(process.execPath, ['--conditions=x-src', inRepository('examples/start.ts')], {
    env,
    encoding: 'utf8',
  });
  assert.equal(stderr, "start: 'abc' is not a port (HTTPS_PORT); npm start -- --help lists the options\n");
  assert.equal(status, 2);
});

scenario(
  'npm start serves both demo applications over https, goes on without one that dies, and cleans up when it is stopped',
  async (t) => {
    const names = ['https', 'http', 'router', 'coltrane', 'maps'];
    const ports: Record<string, number> = {};
    for (const name of names) ports[name] = await freePort();
    const flags = names.flatMap((name) => [`--${name}-port`, String(ports[name])]);
    const demo = new TestProcess(t, process.execPath, [
      '--conditions=x-src',
      inRepository('examples/start.ts'),
      ...flags,
    ]);
    await until(
      `the demo to serve\n${demo.output}`,
      async () => {
        if (!demo.running) throw new Error(demo.output);
        return demo.stdout.includes(`https://maps.localhost:${ports['https']}`);
      },
      30_000,
    );

    const ca = readFileSync(inRepository('.headgate/ca.pem'), 'utf8');
    const visit = (app: string): ReturnType<typeof request> =>
      request(`https://127.0.0.1:${ports['https']}/`, {
        ca,
        servername: `${app}.localhost`,
        headers: { Host: `${app}.localhost:${ports['https']}` },
      });
    for (const app of ['coltrane', 'maps']) {
      const answer = await visit(app);
      assert.equal(answer.status, 200, app);
      assert.match(answer.text, new RegExp(`<title>[^<]*${app}`, 'i'));
    }
    const [, maps] = / maps +pid (\d+) /.exec(demo.stdout) ?? [];
    process.kill(Number(maps), 'SIGTERM');
    await demo.says(/^start: maps ended: exit code 0; its visitors get a 503$/m);
    assert.equal((await visit('maps')).status, 503);
    assert.equal((await visit('coltrane')).status, 200);
    assert.deepEqual(await demo.stop('SIGTERM', 15_000), { code: 0, signal: null });
    for (const port of Object.values(ports)) assert.equal(await isListening(port), false);
  },
);
