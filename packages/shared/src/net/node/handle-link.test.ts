import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { noUser } from '../link.ts';
import { socketOf } from './plain-link.ts';
import { acceptedEnds } from './testing.ts';

test('a connection whose last bytes do not leave can be reset although its end was asked for', async (t) => {
  const { link, far } = await acceptedEnds(t);
  far.pause();
  link.write(Buffer.alloc(16 * 1024 * 1024));
  link.end();
  assert.equal(link.ending, true);
  const failed = once(far, 'error');
  link.reset();
  far.resume();
  assert.equal(((await failed) as [NodeJS.ErrnoException])[0].code, 'ECONNRESET');
});

test('its addresses are those that the other end sees, on an address of its own and on all', async (t) => {
  for (const host of ['127.0.0.1', '0.0.0.0']) {
    const { link, far } = await acceptedEnds(t, host);
    assert.deepEqual(link.local, { address: far.remoteAddress, port: far.remotePort });
    assert.deepEqual(link.peer, { address: far.localAddress, port: far.localPort });
  }
});

test("a socket of Node's goes on where the link was, and the link still says when it has closed", async (t) => {
  const { link, far } = await acceptedEnds(t);
  let text = '';
  link.user = { ...noUser, data: (chunk) => ((text += String(chunk)), link.pause(), false) };
  link.resume();
  far.write('for the link');
  while (text === '') await turn();
  const closed = Promise.withResolvers<void>();
  link.whenClosed = closed.resolve;
  const socket = socketOf(link);
  far.write('for the socket');
  const data = once(socket, 'data');
  socket.resume();
  assert.equal(String(((await data) as [Buffer])[0]), 'for the socket');
  socket.end('answer');
  assert.equal(String(((await once(far, 'data')) as [Buffer])[0]), 'answer');
  far.end();
  await closed.promise;
  assert.equal(text, 'for the link');
  assert.equal(link.closed, true);
});

test('a user that throws when it hears of a close takes no report from others', async (t) => {
  const [first, second] = [await acceptedEnds(t), await acceptedEnds(t)];
  const thrown = Promise.withResolvers<unknown>();
  const heard = Promise.withResolvers<void>();
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.once('uncaughtException', thrown.resolve);
  t.after(() => {
    for (const listener of listeners) process.on('uncaughtException', listener);
  });
  const error = new Error('on purpose');
  second.link.user = {
    ...noUser,
    closed: () => {
      throw error;
    },
  };
  first.link.user = { ...noUser, closed: () => heard.resolve() };
  first.link.close();
  second.link.close();
  assert.equal(await thrown.promise, error);
  await heard.promise;
});
