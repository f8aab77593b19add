import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { acceptLending, lendReads, ReadMemory } from './lent-reads.ts';

const LARGEST = 65_536;
const paused = { allowHalfOpen: true, noDelay: true, pauseOnConnect: true };

/** A connection both ends of which are here; the accepted one is paused. */
async function pair(t: TestContext, lending = true): Promise<{ client: Socket; accepted: Socket }> {
  const server = createServer(paused);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  if (lending) acceptLending(server, paused);
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  const [accepted] = (await once(server, 'connection')) as [Socket];
  t.after(() => {
    client.destroy();
    accepted.destroy();
    server.close();
  });
  return { client, accepted };
}

/** What one read of a fresh socket brings. */
async function oneRead(socket: Socket): Promise<Buffer> {
  return await new Promise((resolve) => {
    lendReads(socket, (chunk) => {
      resolve(chunk);
      return false;
    });
    socket.resume();
  });
}

test('accepted sockets read into the same memory, which no one keeps', async (t) => {
  const [one, other] = [await pair(t), await pair(t)];
  one.client.write('one');
  const first = await oneRead(one.accepted);
  other.client.write('two');
  const second = await oneRead(other.accepted);
  assert.equal(first.buffer, second.buffer);
  assert.equal(second.toString(), 'two');
});

test('a socket that was accepted the usual way brings the same bytes, in memory of their own', async (t) => {
  const { client, accepted } = await pair(t, false);
  client.write('hello');
  assert.equal((await oneRead(accepted)).toString(), 'hello');
});

test("until its reads are lent a socket has 'data' events, with bytes that may be kept", async (t) => {
  const [one, other] = [await pair(t), await pair(t)];
  one.accepted.resume();
  one.client.write('PROXY');
  const [kept] = (await once(one.accepted, 'data')) as [Buffer];
  other.client.write('other');
  await oneRead(other.accepted);
  assert.equal(kept.toString(), 'PROXY');
});

test('a paused socket reads nothing, and goes on where it was', async (t) => {
  const { client, accepted } = await pair(t);
  let text = '';
  let reads = 0;
  lendReads(accepted, (chunk) => {
    text += chunk.toString();
    reads += 1;
    accepted.pause();
    return false;
  });
  accepted.resume();
  client.write('1');
  while (reads < 1) await once(accepted, 'pause');
  client.end('2');
  await once(client, 'finish');
  assert.equal(text, '1');
  const ended = once(accepted, 'end');
  accepted.on('pause', () => accepted.resume());
  accepted.resume();
  await ended;
  assert.equal(text, '12');
});

test('the end of the other side is an event, and writing goes on after it', async (t) => {
  const { client, accepted } = await pair(t);
  lendReads(accepted, () => false);
  accepted.resume();
  client.end();
  await once(accepted, 'end');
  accepted.end('late');
  const [late] = (await once(client, 'data')) as [Buffer];
  assert.equal(late.toString(), 'late');
});

test('a reset is an error of the socket, then its close', async (t) => {
  const { client, accepted } = await pair(t);
  lendReads(accepted, () => false);
  accepted.resume();
  client.resetAndDestroy();
  const [error] = (await once(accepted, 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNRESET');
});

/** A read of `bytes`, and what `take` was given. */
function read(memory: ReadMemory, bytes: Buffer, held: boolean): Buffer {
  bytes.copy(memory.next());
  let lent: Buffer = bytes;
  memory.lend(bytes.length, (chunk) => {
    lent = chunk;
    return held;
  });
  return lent;
}

test('bytes that are held are not read over', () => {
  const memory = new ReadMemory(true);
  const first = read(memory, Buffer.from('first'), true);
  const second = read(memory, Buffer.from('other'), true);
  read(memory, Buffer.from('third'), false);
  assert.equal(`${first.toString()} ${second.toString()}`, 'first other');
});

test('small pieces that are held are copied: the memory is not replaced for each of them', () => {
  const memory = new ReadMemory(true);
  read(memory, Buffer.from('first'), true);
  const own = memory.next();
  assert.notEqual(read(memory, Buffer.from('other'), true).buffer, own.buffer);
  read(memory, Buffer.from('third'), true);
  assert.equal(memory.next(), own);
});

test('bytes that may be held never lie in the memory that all share', () => {
  const quiet = new ReadMemory(false);
  const changed = new ReadMemory(false);
  Buffer.from('asked for before').copy(changed.next());
  changed.bulk = true;
  let held: Buffer = Buffer.alloc(0);
  changed.lend(16, (chunk) => {
    held = chunk;
    return true;
  });
  read(quiet, Buffer.from('something else..'), false);
  assert.equal(held.toString(), 'asked for before');
  assert.notEqual(changed.next(), quiet.next());
});

test('a connection that brings much reads up to 64 KiB at once, and gives the memory back after it', () => {
  const memory = new ReadMemory(true);
  const sizes = [];
  for (let turn = 0; turn < 4; turn += 1) {
    const { length } = memory.next();
    sizes.push(length);
    memory.lend(length, () => false);
  }
  assert.deepEqual(sizes, [4096, 16_384, LARGEST, LARGEST]);
  memory.bulk = false;
  assert.equal(memory.next(), new ReadMemory(false).next());
});
