import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import test from 'node:test';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Delivery } from './delivery.ts';

/** A client that takes a piece when it is told to, over a connection that says what the kernel has not taken. */
function fake(): {
  delivery: Delivery;
  take: () => Promise<void>;
  queued: (bytes: number) => void;
  more: () => number;
} {
  let done: (() => void) | undefined;
  let resumed = 0;
  const client = new Duplex({ read() {}, write: (_piece, _encoding, callback) => void (done = callback) });
  const handle = { writeQueueSize: 0 };
  const raw = new Duplex();
  Reflect.set(raw, '_handle', handle);
  return {
    delivery: new Delivery({
      client: client as unknown as TLSSocket,
      raw: raw as unknown as Socket,
      more: () => (resumed += 1),
    }),
    take: async () => {
      done?.();
      await new Promise(setImmediate);
    },
    queued: (bytes) => (handle.writeQueueSize = bytes),
    more: () => resumed,
  };
}

test('a client whose kernel has room is read ahead for, up to 64 KiB', async () => {
  const { delivery, take, more } = fake();
  const bytes = Buffer.alloc(48 * 1024);
  assert.equal(delivery.pass(bytes.length, bytes), true);
  assert.equal(delivery.pass(bytes.length, bytes), false);
  await take();
  assert.equal(more(), 0, 'one piece still waits');
  await take();
  assert.equal(more(), 1);
});

test('for a client whose kernel is full nothing more is read, however little waits, until it has taken that', async () => {
  const { delivery, take, queued, more } = fake();
  queued(1);
  assert.equal(delivery.pass(10, Buffer.alloc(48 * 1024)), false);
  assert.equal(more(), 0);
  queued(0);
  await take();
  assert.equal(more(), 1);
  assert.equal(delivery.pass(10, Buffer.alloc(48 * 1024)), true);
});
