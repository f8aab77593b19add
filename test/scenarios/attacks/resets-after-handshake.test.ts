import assert from 'node:assert/strict';
import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { connect } from 'node:tls';
import type { TestContext } from 'node:test';
import { onCleanup } from '../../support/cleanup.ts';
import { RawServer } from '../../support/raw.ts';
import { forEachTerminator } from '../../support/scenario.ts';
import { socketsOf } from '../../support/sockets.ts';
import { startTerminating } from '../../support/terminating.ts';
import { settled, until } from '../../support/until.ts';

const CLIENTS = 60;
const ROUNDS = 5;

/** How a client leaves. Each meets the service in another step: handshake, connecting, reading, writing. */
const WAYS: readonly ((raw: Socket, end: () => void) => void)[] = [
  (raw) => void raw.resetAndDestroy(),
  (raw) => void raw.destroy(),
  (raw) => void setImmediate(() => raw.resetAndDestroy()),
  (raw) => void setTimeout(() => raw.resetAndDestroy(), 5),
  (raw, end) => {
    end();
    setTimeout(() => raw.destroy(), 10);
  },
];

/** Finishes a handshake, sends some bytes, reads nothing, and leaves in one of the ways. */
function visit(t: TestContext, port: number, index: number): Promise<void> {
  return new Promise((left) => {
    const raw = connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true });
    onCleanup(t, () => void raw.destroy());
    raw.on('error', () => {});
    raw.on('close', () => left());
    const client = connect({ socket: raw, rejectUnauthorized: false });
    client.on('error', () => {});
    client.pause();
    client.on('secureConnect', () => {
      if (index % 2 === 1) client.write(Buffer.alloc(50 + ((index * 811) % 6950)));
      WAYS[index % WAYS.length]?.(raw, () => client.end());
    });
  });
}

forEachTerminator(
  'hundreds of clients that leave right after their handshake keep no descriptor and no server connection',
  async (t, terminator) => {
    const server = await RawServer.listen(t, ({ socket }) => {
      socket.on('data', (bytes: Buffer) => socket.write(bytes));
      socket.on('end', () => socket.end());
    });
    const { port, process } = await startTerminating(t, terminator, { connect: server.port });
    await settled('a first visit', visit(t, port, 0));
    await until('its end', () => server.open() === 0);
    const before = await socketsOf(process.pid);
    for (let round = 0; round < ROUNDS; round += 1) {
      const visits = Array.from({ length: CLIENTS }, (_, index) => visit(t, port, index + round));
      await settled('the clients to leave', Promise.all(visits), 20_000);
    }
    await until('no connection to the server', () => server.open() === 0);
    assert.ok(process.running);
    await until('the descriptors of the start', async () => (await socketsOf(process.pid)) <= before);
  },
);
