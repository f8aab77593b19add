import assert from 'node:assert/strict';
import { Duplex, PassThrough } from 'node:stream';
import test from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { PlainLink } from '@headgate/shared/net/node/plain-link';
import { NodeSecureLink } from '@headgate/shared/net/node/secure-link';
import { Intake } from './intake.ts';

/** A client whose handle only remembers what it was told. */
function fakeClient(): { client: Duplex; orders: string[]; raw: { bytesRead: number } } {
  const client = new Duplex({ read() {}, write() {} });
  const orders: string[] = [];
  Reflect.set(client, 'getProtocol', () => 'TLSv1.2');
  Reflect.set(client, '_handle', { readStart: () => orders.push('start'), readStop: () => orders.push('stop') });
  return { client, orders, raw: { bytesRead: 0 } };
}

/** A server that remembers the pieces it was given, and takes `most` bytes at a time. */
function fakeServer(most = 64 * 1024): { server: PassThrough; pieces: string[] } {
  const server = new PassThrough({ writableHighWaterMark: most, readableHighWaterMark: 0 });
  const pieces: string[] = [];
  const write = server.write.bind(server);
  Reflect.set(server, 'write', (chunk: Buffer, done?: () => void) => {
    pieces.push(chunk.toString('latin1'));
    return write(chunk, done);
  });
  return { server, pieces };
}

function open({ raw, client }: ReturnType<typeof fakeClient>): { intake: Intake; heard: { finished: boolean } } {
  const heard = { finished: false };
  const nowhere = { address: '', port: 0 };
  const below = { socket: raw, peer: nowhere, local: nowhere } as unknown as PlainLink;
  const link = new NodeSecureLink(client as unknown as TLSSocket, below);
  const intake = new Intake({
    client: link,
    heard() {},
    passed() {},
    finished: () => (heard.finished = true),
  });
  link.user = {
    opened() {},
    data(chunk) {
      intake.take(chunk);
      return true;
    },
    ended: () => intake.end(),
    drained() {},
    closed() {},
  };
  link.resume();
  return { intake, heard };
}

const target = (server: PassThrough): PlainLink => new PlainLink(server as unknown as Socket);

test('a burst of records is passed on up to the share of a turn, the rest together in a later turn', async () => {
  const fake = fakeClient();
  const { server, pieces } = fakeServer();
  const { intake, heard } = open(fake);
  intake.open(target(server));
  for (let record = 0; record < 100; record += 1) fake.client.emit('data', Buffer.from('x'));
  fake.client.emit('end');
  assert.equal(pieces.length, 32);
  assert.deepEqual(fake.orders, ['stop']);
  assert.equal(intake.held, 1, 'what else came is kept by the link');
  assert.equal(heard.finished, false, 'an end must not overtake what was said before it');
  for (let turn = 0; turn < 4; turn += 1) await nextTurn();
  assert.equal(pieces.length, 34);
  assert.equal(pieces.join(''), 'x'.repeat(100));
  assert.equal(heard.finished, true);
});

test('of those with more to say than their share, one in each turn goes on', async () => {
  const fakes = Array.from({ length: 3 }, () => fakeClient());
  const intakes = fakes.map((fake) => {
    const { intake } = open(fake);
    intake.open(target(fakeServer().server));
    for (let record = 0; record < 40; record += 1) fake.client.emit('data', Buffer.from('x'));
    return intake;
  });
  const waiting: number[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    waiting.push(intakes.filter(({ stopped }) => stopped).length);
    await nextTurn();
  }
  assert.deepEqual(waiting, [3, 2, 1, 0]);
});

test('encrypted bytes without plain ones use up the share of a turn', async () => {
  const fake = fakeClient();
  const { server, pieces } = fakeServer();
  const { intake } = open(fake);
  intake.open(target(server));
  fake.raw.bytesRead = 200_000;
  assert.equal(intake.barren, 200_000);
  fake.client.emit('data', Buffer.from('a'));
  assert.equal(intake.barren, 0);
  fake.client.emit('data', Buffer.from('b'));
  fake.client.emit('data', Buffer.from('c'));
  assert.deepEqual(pieces, ['a', 'b']);
  await nextTurn();
  await nextTurn();
  assert.deepEqual(pieces, ['a', 'b', 'c']);
});

test('an upload of large records is not held up, however large it is', () => {
  const fake = fakeClient();
  const { server, pieces } = fakeServer(64 * 1024 * 1024);
  const { intake } = open(fake);
  intake.open(target(server));
  for (let record = 0; record < 30; record += 1) {
    if (record % 4 === 0) fake.raw.bytesRead += 64 * 1024 + 88;
    fake.client.emit('data', Buffer.alloc(16 * 1024));
  }
  assert.equal(pieces.length, 30);
  assert.equal(intake.stopped, false);
});

test('a client is read no further while its server takes nothing, and what was read is kept in its order', async () => {
  const fake = fakeClient();
  const { server, pieces } = fakeServer(4);
  const { intake } = open(fake);
  intake.open(target(server));
  for (const bytes of ['1234', '5', '6', '7']) fake.client.emit('data', Buffer.from(bytes));
  assert.deepEqual(pieces, ['1234']);
  assert.deepEqual(fake.orders, ['stop']);
  server.resume();
  intake.drained();
  await nextTurn();
  assert.deepEqual(pieces, ['1234', '567']);
});

test('before there is a server little is read, and all of it goes there first', async () => {
  for (const [pieces, length] of [
    [40, 1],
    [2, 16 * 1024],
  ] as const) {
    const fake = fakeClient();
    const { intake } = open(fake);
    for (let record = 0; record < pieces; record += 1) fake.client.emit('data', Buffer.alloc(length, 'e'));
    assert.deepEqual(fake.orders, ['stop']);
    assert.equal(intake.early(1).toString(), 'e');
    const { server, pieces: given } = fakeServer(64 * 1024 * 1024);
    intake.open(target(server), Buffer.from('PROXY '));
    await nextTurn();
    assert.equal(given.join(''), `PROXY ${'e'.repeat(pieces * length)}`);
    assert.deepEqual(fake.orders, ['stop', 'start']);
  }
});

test('where the runtime has no handle to stop, the stream is paused', async () => {
  const fake = fakeClient();
  Reflect.set(fake.client, '_handle', {});
  const { intake } = open(fake);
  for (let record = 0; record < 32; record += 1) fake.client.emit('data', Buffer.from('x'));
  assert.equal(fake.client.isPaused(), true);
  intake.open(target(fakeServer().server));
  await nextTurn();
  assert.equal(fake.client.isPaused(), false);
});
