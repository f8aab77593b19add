/** More silent connections than the limit of open files allows: servers, checks and logs keep their descriptors. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { freePort } from '../../support/ports.ts';
import { run, TestProcess } from '../../support/process.ts';
import { commandLine } from '../../support/programs.ts';
import { routingConfig } from '../../support/routing.ts';
import type { RoutingParts } from '../../support/routing.ts';
import { scenario } from '../../support/scenario.ts';
import { startSyslog } from '../../support/syslog.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

/** It cannot raise it. */
const LIMIT = { descriptors: 1024 };

async function config(dir: TempDir, port: number, logPort: number, parts: RoutingParts): Promise<string> {
  return dir.write('haproxy.cfg', routingConfig(port, logPort, parts));
}

scenario(
  '1,300 silent connections under a limit of 1,024 descriptors harm neither checks nor later clients',
  async (t) => {
    const app = await startApp(t);
    const syslog = await startSyslog(t);
    const port = await freePort();
    const file = await config(new TempDir(t), port, syslog.port, {
      global: [],
      defaults: ['timeout http-request 1h', 'timeout client 1h', 'timeout check 20s'],
      backend: ['option httpchk GET /check', `server one 127.0.0.1:${app.port} check inter 1s fall 3`],
    });
    const [command, ...args] = commandLine('router', file);
    const router = new TestProcess(t, command, args, LIMIT);
    await router.says(/serving on /);

    const crowd: Socket[] = [];
    onCleanup(t, () => crowd.forEach((socket) => socket.destroy()));
    let settled = 0;
    for (let count = 0; count < 1300; count += 1) {
      const socket = connect(port, '127.0.0.1');
      // Connected, or closed at once where no more can wait.
      socket.once('connect', () => (settled += 1)).on('error', () => undefined);
      crowd.push(socket);
    }
    await until('the silent clients', () => settled === 1300);
    const checks = (): number => app.requests.filter((line) => line === 'GET /check').length;
    const before = checks();
    await until('four more checks', () => checks() >= before + 4);
    assert.doesNotMatch(router.stderr, /DOWN|too many open files|EMFILE/i);

    for (const socket of crowd) socket.destroy();
    await until(
      'a free connection for an active client',
      async () => (await request(`http://127.0.0.1:${port}/after`).catch(() => undefined))?.status === 200,
    );
    assert.doesNotMatch(router.stderr, /DOWN|too many open files|EMFILE/i);
  },
);

scenario('a maxconn above the limit prevents the start and reports the numbers', async (t) => {
  const file = await config(new TempDir(t), await freePort(), 514, { global: ['maxconn 20000'] });
  const [command, ...args] = commandLine('router', file);
  const { code, stderr } = await run(t, command, args, LIMIT);
  assert.equal(code, 1);
  assert.match(stderr, /router: maxconn 20000 needs 40\d{3} open files .* the limit is 1024: .* maxconn \d{3} at most/);
});
