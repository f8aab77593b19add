import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import test from 'node:test';
import { ask, NoAnswer } from './ask.ts';

const LIMITS = { silence: 50, most: 1000 };

for (const [what, answer, expected] of [
  ['an answer is all that comes', (socket: Socket) => socket.end('one\ntwo\n\n'), 'one\ntwo\n\n'],
  ['a server that accepts and says nothing is not waited for', () => {}, /no answer within 50ms/],
  ['one that falls silent in its answer neither', (socket: Socket) => socket.write('one\n'), /no answer within 50ms/],
  ['a connection that is closed at once has no answer', (socket: Socket) => socket.end(), /ended without an answer/],
] as const)
  test(what, async (t) => {
    const server = createServer({ allowHalfOpen: true }, answer).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const asked = ask({ host: '127.0.0.1', port }, 'show info', LIMITS);
    if (typeof expected === 'string') assert.equal(await asked, expected);
    else
      await assert.rejects(
        asked,
        (error) => error instanceof NoAnswer && error.temporary && expected.test(error.message),
      );
  });
