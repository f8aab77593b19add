/** Several workers of the terminator: shared tickets, replacement, sums. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { freePort } from '../../support/ports.ts';
import { scenario } from '../../support/scenario.ts';
import { startTerminating } from '../../support/terminating.ts';
import { settled, until } from '../../support/until.ts';
import { workerPids } from '../../support/workers.ts';

scenario('a session ticket of one worker is good at the other, and at the one that replaces it', async (t) => {
  const app = await startApp(t);
  const metrics = await freePort();
  const {
    port,
    certificates,
    process: primary,
  } = await startTerminating(t, 'terminator', {
    connect: app.port,
    global: ['workers = 2', `metrics = 127.0.0.1:${metrics}`],
  });
  await primary.says(/serving on/);
  const options = { port, host: '127.0.0.1', ca: readFileSync(certificates.caFile), servername: 'localhost' };
  const ticket = await ticketFrom(options);
  const resumedAt = new Set<string>();
  const resume = async (): Promise<void> => {
    const socket = connectTls({ ...options, session: ticket });
    await settled('a handshake', once(socket, 'secureConnect'));
    assert.ok(socket.isSessionReused());
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await settled('an answer', once(socket.resume(), 'close'));
  };
  const seen = (): ReadonlySet<string> => {
    for (const [, worker = ''] of primary.output.matchAll(/resumed=true sni=localhost worker=(\d)/g))
      resumedAt.add(worker);
    return resumedAt;
  };
  let connections = 1;
  await until('both workers', async () => {
    await resume();
    connections += 1;
    return seen().size === 2;
  });
  process.kill(workerPids(primary.pid).get(1) ?? 0, 'SIGKILL');
  await primary.says(/worker 1 serves again/);
  const before = primary.output.split('resumed=true sni=localhost worker=1').length;
  await until('the new worker', async () => {
    await resume();
    return primary.output.split('resumed=true sni=localhost worker=1').length > before;
  });
  await until('the sums', async () => {
    const { text } = await request(`http://127.0.0.1:${metrics}/metrics`);
    return (
      Number(/^headgate_terminator_connections_total\{service="https"\} (\d+)$/m.exec(text)?.[1]) >= connections / 2
    );
  });
});

async function ticketFrom(options: ConnectionOptions): Promise<Buffer> {
  const socket: TLSSocket = connectTls(options);
  const issued = once(socket, 'session') as Promise<[Buffer]>;
  await settled('a handshake', once(socket, 'secureConnect'));
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  socket.resume();
  const [ticket] = await settled('a ticket', issued);
  return ticket;
}
