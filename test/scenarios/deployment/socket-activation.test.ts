/** Listening sockets of the supervisor (systemd's .socket units): no connection is refused while a program is away. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { isAlive } from '../../support/alive.ts';
import { startApp } from '../../support/apps.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { request } from '../../support/client.ts';
import { commandLine, type Program } from '../../support/programs.ts';
import { portOf } from '../../support/raw.ts';
import { scenario } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

/** Starts the program with a listening socket, as often as it is asked to, and holds the socket in between. */
const SUPERVISOR = 'while read -r _; do LISTEN_FDS=1 sh -c \'LISTEN_PID=$$ exec "$@"\' sh "$@" & done; wait';

for (const program of ['router', 'terminator'] as const)
  scenario(`${program}: a visitor who comes after a kill -9 waits for the next start, and is served`, async (t) => {
    const app = await startApp(t, { name: 'one' });
    const { keyAndCertFile, ca } = makeCertificates(t);
    const { port, start, log } = await supervised(t, program, (listening) =>
      program === 'router'
        ? `defaults\n mode http\n timeout client 1m\n timeout server 1m\n timeout connect 5s\nfrontend web\n bind 127.0.0.1:${listening}\n` +
          ` default_backend apps\nbackend apps\n server one 127.0.0.1:${app.port}\n`
        : `foreground = yes\npid =\n[web]\naccept = 127.0.0.1:${listening}\nconnect = 127.0.0.1:${app.port}\ncert = ${keyAndCertFile}\n`,
    );
    const visit = async (): Promise<number> =>
      program === 'router'
        ? (await request(`http://127.0.0.1:${port}/`)).status
        : (await request(`https://127.0.0.1:${port}/`, { ca, servername: 'localhost' })).status;
    const first = await start();
    assert.match(log(), new RegExp(`info the supervisor listens on 127\\.0\\.0\\.1:${port}`));
    assert.equal(await visit(), 200);
    process.kill(first, 'SIGKILL');
    await until('the end of the process', () => !isAlive(first));
    const visitors = [visit(), visit(), visit()];
    const second = await start();
    assert.notEqual(second, first);
    assert.deepEqual(await Promise.all(visitors), [200, 200, 200]);
    process.kill(second, 'SIGTERM');
    await until('the end of the second process', () => !isAlive(second));
  });

scenario('router: the control socket may be the supervisor’s too, and alone', async (t) => {
  const { port, start } = await supervised(
    t,
    'router',
    (listening) =>
      `global\n stats socket 127.0.0.1:${listening}\nbackend b\n mode http\n timeout server 1s\n timeout connect 1s\n server s 127.0.0.1:1\n`,
  );
  const pid = await start();
  const client = connect(port, '127.0.0.1').end('show servers state b\n');
  assert.match(await text(client), /\n\d+ b 1 s 127\.0\.0\.1 /);
  process.kill(pid, 'SIGTERM');
  await until('the end of the process', () => !isAlive(pid));
});

interface Supervised {
  readonly port: number;
  /** Starts the program and resolves with its process id once it serves. */
  readonly start: () => Promise<number>;
  readonly log: () => string;
}

async function supervised(
  t: TestContext,
  program: Program,
  configuration: (port: number) => string,
): Promise<Supervised> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server.address());
  const file = new TempDir(t).write(program === 'router' ? 'haproxy.cfg' : 'stunnel.conf', configuration(port));
  const handle: unknown = Reflect.get(server, '_handle');
  const fd: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined;
  assert.ok(typeof fd === 'number');
  const supervisor = spawn('/bin/sh', ['-c', SUPERVISOR, 'sh', ...commandLine(program, file)], {
    stdio: ['pipe', 'ignore', 'pipe', fd],
  });
  await once(supervisor, 'spawn');
  server.close();
  const pids: number[] = [];
  onCleanup(t, async () => {
    for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    supervisor.kill('SIGKILL');
    if (supervisor.exitCode === null && supervisor.signalCode === null) await once(supervisor, 'exit');
  });
  let text = '';
  supervisor.stderr?.setEncoding('utf8').on('data', (more: string) => (text += more));
  return {
    port,
    async start() {
      supervisor.stdin?.write('\n');
      const found = await until('the program to serve', () => {
        const [, pid] = [...text.matchAll(/serving on .* pid=(\d+)/g)][pids.length] ?? [];
        return pid;
      });
      pids.push(Number(found));
      return Number(found);
    },
    log: () => text,
  };
}
