import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { dialSocket } from './dial.ts';
import { LendingSocket } from './lending-socket.ts';
import { isGone } from './reset.ts';

/** A socket of ours, and the other end, which is not read. */
async function pair(t: TestContext): Promise<readonly [LendingSocket, Socket]> {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const { port } = server.address() as AddressInfo;
  const socket = dialSocket({ kind: 'tcp', host: '127.0.0.1', port }, { readFirst: false });
  const [[other]] = await Promise.all([accepted, once(socket, 'connect')]);
  t.after(() => {
    socket.destroy();
    other.destroy();
    server.close();
  });
  assert.ok(socket instanceof LendingSocket);
  return [socket, other];
}

test('a small write leaves without the stream', async (t) => {
  const [socket, other] = await pair(t);
  const { mock } = t.mock.method(socket, 'write');
  assert.equal(socket.send(Buffer.from('small')), true);
  assert.equal(mock.callCount(), 0);
  other.resume();
  const [bytes] = (await once(other, 'data')) as [Buffer];
  assert.equal(String(bytes), 'small');
});

test('what the system does not take at once waits in the stream, in order', async (t) => {
  const [socket, other] = await pair(t);
  const large = Buffer.alloc(12_000_000, 'l');
  assert.equal(socket.send(large), false);
  assert.equal(socket.writableLength, large.length);
  assert.equal(socket.send(Buffer.from('behind')), false);
  let text = '';
  other.on('data', (bytes: Buffer) => (text += String(bytes))).resume();
  await once(socket, 'drain');
  assert.equal(socket.writableLength, 0);
  socket.end();
  await once(other, 'end');
  assert.equal(text.length, large.length + 6);
  assert.match(text, /^l+behind$/);
});

test('a write to a connection that was reset fails as one through the stream does', async (t) => {
  const failures = [];
  for (const way of ['send', 'write'] as const) {
    const [socket, other] = await pair(t);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    let error: NodeJS.ErrnoException | undefined;
    socket.on('error', (found) => (error = found));
    // In one turn, so that the write sees it before a read does.
    other.resetAndDestroy();
    assert.ok(isGone(socket));
    socket[way](Buffer.from('lost'));
    await closed;
    failures.push([error?.code, error?.errno, error?.syscall, error?.message]);
  }
  assert.deepEqual(failures[0], failures[1]);
  assert.equal(failures[0]?.[2], 'write');
});
