import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { dial, listen } from '../../../../../test/support/tcp.ts';
import { isGone, resetSocket } from './reset.ts';

/** Both ends of a loopback connection. */
async function pair(t: TestContext): Promise<{ near: Socket; far: Socket }> {
  const accepted = Promise.withResolvers<Socket>();
  const { port } = await listen(t, accepted.resolve);
  const far = await dial(t, { port });
  return { near: await accepted.promise, far };
}

test('a reset reaches the other end as a reset', async (t) => {
  const { near, far } = await pair(t);
  const failed = once(far, 'error');
  const closed = once(near, 'close');
  resetSocket(near);
  const [error] = (await failed) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNRESET');
  await closed;
});

test('a socket whose FIN is still being sent closes when it is reset', async (t) => {
  const { near, far } = await pair(t);
  far.resume();
  const closed = once(near, 'close');
  near.end();
  resetSocket(near);
  await closed;
});

test('a reset is detected on a socket that is not being read, which gets no event', async (t) => {
  const { near, far } = await pair(t);
  near.pause();
  far.write('unread');
  await nextTurn();
  assert.equal(isGone(near), false);
  far.resetAndDestroy();
  while (!isGone(near)) await nextTurn();
});

test('a connection that its peer has only half-closed is still alive', async (t) => {
  const { near, far } = await pair(t);
  const ended = once(near, 'end');
  near.resume();
  far.end();
  await ended;
  assert.equal(isGone(near), false);
});
