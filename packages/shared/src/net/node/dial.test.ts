import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { listen } from '../../../../../test/support/tcp.ts';
import { Recorder } from '../conformance.ts';
import { dial, type DialOptions } from './dial.ts';

function dialling(t: TestContext, port: number, options: DialOptions = {}): Recorder {
  const user = new Recorder();
  user.link = dial({ kind: 'tcp', host: '127.0.0.1', port }, user, options);
  t.after(() => user.link?.close());
  return user;
}

test('a connection that is refused closes with the system’s error and was never open', async (t) => {
  const { port, server } = await listen(t);
  await once(server.close(), 'close');
  const user = dialling(t, port);
  assert.equal(user.link?.connecting, true);
  await user.gone();
  assert.deepEqual([user.reports, user.error?.code], [['closed'], 'ECONNREFUSED']);
});

test('a link that is closed while it connects never opens, and what was written is dropped', async (t) => {
  let bytes = 0;
  const { port } = await listen(t, (socket) => socket.on('data', ({ length }) => (bytes += length)));
  const user = dialling(t, port);
  user.asks((link) => link.write(Buffer.from('too early')));
  user.asks((link) => link.close());
  await user.gone();
  assert.deepEqual([user.reports, user.error, bytes], [['closed'], undefined, 0]);
});

test('what is written while it connects waits for the connection', async (t) => {
  const heard = Promise.withResolvers<string>();
  const { port } = await listen(t, (socket) => socket.once('data', (chunk) => heard.resolve(String(chunk))));
  const user = dialling(t, port);
  user.asks((link) => link.write(Buffer.from('early, '), Buffer.from('and whole')));
  assert.equal(user.link?.waiting, 16);
  assert.equal(await heard.promise, 'early, and whole');
});

test('a server that answers and hangs up before it has read everything is heard, and its end is an error', async (t) => {
  const { port } = await listen(t, (socket) => {
    socket.once('data', () => {
      socket.pause();
      socket.write('413, ');
      socket.end('no more', () => setImmediate(() => socket.destroy()));
    });
  });
  for (let round = 0; round < 20; round += 1) {
    const user = dialling(t, port);
    await user.until(() => user.count('opened') === 1);
    // Writes for as long as the link takes them: the server has gone in the middle of it.
    const upload = setInterval(() => user.link?.write(Buffer.alloc(50_000)), 0);
    await user.gone().finally(() => clearInterval(upload));
    assert.equal(user.text, '413, no more');
    assert.match(String(user.error?.code), /EPIPE|ECONNRESET/);
  }
});

test('links that are not bulk read into the same memory', async (t) => {
  const { port } = await listen(t, (socket) => socket.on('data', (chunk) => socket.write(chunk)));
  const chunks: Buffer[] = [];
  for (const text of ['one', 'two']) {
    const user = dialling(t, port, { bulk: false });
    user.onData = (chunk) => {
      chunks.push(chunk);
      return false;
    };
    user.asks((link) => link.write(Buffer.from(text)));
    await user.until(() => user.bytes === 3);
  }
  assert.equal(chunks[0]?.buffer, chunks[1]?.buffer);
  assert.equal(String(chunks[1]), 'two');
});
