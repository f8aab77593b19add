import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import test from 'node:test';
import { copyTo } from '@headgate/shared/net/node/copy';
import { Delivery } from './delivery.ts';

/** A client that takes a piece when it is told to, over a connection that says whether its kernel has no more room. */
function fake(): {
  delivery: Delivery;
  take: () => Promise<void>;
  queued: (bytes: number) => void;
  more: () => number;
} {
  let done: (() => void) | undefined;
  let resumed = 0;
  const stream = new Duplex({ read() {}, write: (_piece, _encoding, callback) => void (done = callback) });
  const client = {
    stuck: false,
    copy: (bytes: Buffer, taken: () => void) => copyTo(stream, bytes, taken),
    get waiting() {
      return stream.writableLength;
    },
  };
  return {
    delivery: new Delivery({ client, more: () => (resumed += 1) }),
    take: async () => {
      done?.();
      await new Promise(setImmediate);
    },
    queued: (bytes) => (client.stuck = bytes > 0),
    more: () => resumed,
  };
}

test('a client whose kernel has room is read ahead for, up to 64 KiB', async () => {
  const { delivery, take, more } = fake();
  const bytes = Buffer.alloc(48 * 1024);
  assert.equal(delivery.pass(bytes), true);
  assert.equal(delivery.pass(bytes), false);
  await take();
  assert.equal(more(), 0, 'one piece still waits');
  await take();
  assert.equal(more(), 1);
});

test('for a client whose kernel is full nothing more is read, however little waits, until it has taken that', async () => {
  const { delivery, take, queued, more } = fake();
  queued(1);
  assert.equal(delivery.pass(Buffer.alloc(10)), false);
  assert.equal(more(), 0);
  queued(0);
  await take();
  assert.equal(more(), 1);
  assert.equal(delivery.pass(Buffer.alloc(10)), true);
});
