import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { connect } from 'node:tls';
import { onCleanup } from './cleanup.ts';

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

/** Finishes a handshake, sends some bytes, reads nothing, and leaves in one of the ways. Resolves when it has left. */
export function leaveEarly(t: TestContext, port: number, index: number): Promise<void> {
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
