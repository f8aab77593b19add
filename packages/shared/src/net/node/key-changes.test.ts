import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import type { LinkError } from '../link.ts';
import { KeyChanges } from './key-changes.ts';

/** A connection whose OpenSSL logs keys, and what it was asked for. */
function connection(version = 'TLSv1.3') {
  const socket = Object.assign(new EventEmitter(), { getProtocol: () => version });
  const orders: string[] = [];
  let error: LinkError | undefined;
  const keys = new KeyChanges(socket as unknown as TLSSocket, {
    pause: () => void orders.push('pause'),
    resume: () => void orders.push('resume'),
    overdone: (reason) => void (error = reason),
  });
  const change = (times: number): void => {
    for (let count = 0; count < times; count += 1) socket.emit('keylog', Buffer.from('a secret'));
  };
  return { socket, keys, orders, change, error: () => error };
}

test('a connection that changes its keys now and then is left alone', async () => {
  const { keys, orders, change, error } = connection();
  for (let round = 0; round < 30; round += 1) {
    change(8);
    keys.heard();
    await nextTurn();
  }
  assert.deepEqual(orders, []);
  assert.equal(error(), undefined);
});

test('one that changes them more often has to wait for its next turn', async () => {
  const { keys, orders, change } = connection();
  change(9);
  assert.equal(keys.waiting, true);
  assert.deepEqual(orders, ['pause']);
  await nextTurn();
  assert.equal(keys.waiting, false);
  assert.deepEqual(orders, ['pause', 'resume']);
});

test('of several such, one goes on in each turn', async () => {
  const all = [connection(), connection(), connection()];
  for (const { change } of all) change(9);
  const resumed = (): number => all.filter(({ orders }) => orders.includes('resume')).length;
  for (let turn = 0; turn < 3; turn += 1) {
    assert.equal(resumed(), turn);
    await nextTurn();
  }
  assert.equal(resumed(), 3);
});

test('one that changes them 65 times and says nothing is closed, and not from within OpenSSL', async () => {
  const { orders, change, error } = connection();
  change(5000);
  assert.equal(error(), undefined);
  await nextTurn();
  assert.equal(error()?.code, 'ERR_TLS_KEY_UPDATES');
  assert.ok(!orders.includes('resume'), 'it is not read again');
});

test('a byte in between makes it start anew', async () => {
  const { keys, change, error } = connection();
  change(64);
  keys.heard();
  change(64);
  await nextTurn();
  assert.equal(error(), undefined);
});

test('the secrets that it is shown do not stay in memory', () => {
  const { socket } = connection();
  const line = Buffer.from('CLIENT_TRAFFIC_SECRET_N 00 11');
  socket.emit('keylog', line);
  assert.ok(line.equals(Buffer.alloc(line.length)));
});

test('connections of TLS 1.2, which has no key updates, are not asked for their keys', () => {
  assert.equal(connection('TLSv1.2').socket.listenerCount('keylog'), 0);
});
