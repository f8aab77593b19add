import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SessionIds } from './session-ids.ts';
import { isSocketIo, openingReader, sessionOf } from './socket-io.ts';

test("socket.io's requests are known by their path", () => {
  const targets = [
    '/socket.io',
    '/socket.io/',
    '/socket.io/?EIO=4',
    '/socket.io?sid=a',
    '/socket.iox',
    '/a/socket.io/',
  ];
  assert.deepEqual(
    targets.map((target) => isSocketIo(target, '/socket.io')),
    [true, true, true, true, false, false],
  );
});

test('a session id is the first sid of the query', () => {
  const targets = ['/socket.io/?EIO=4', '/socket.io/?EIO=4&sid=ab&t=1&sid=c', '/sid=a', '/?xsid=1', '/?sid='];
  assert.deepEqual(targets.map(sessionOf), [undefined, 'ab', undefined, undefined, '']);
});

function opened(...chunks: readonly string[]): string[] {
  const found: string[] = [];
  const read = openingReader((id) => found.push(id));
  for (const chunk of chunks) read(Buffer.from(chunk));
  return found;
}

test('the id of an opening response is found once, in whatever pieces it comes', () => {
  const open = '0{"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":["websocket"],"pingInterval":25000}';
  assert.deepEqual(opened(open, open), ['lv_VI97HAXpY6yYWAAAC']);
  assert.deepEqual(opened(...open.split('')), ['lv_VI97HAXpY6yYWAAAC']);
  assert.deepEqual(opened(`97:${open}2:40`), ['lv_VI97HAXpY6yYWAAAC']);
});

test('anything else opens no session, and is not kept', () => {
  for (const body of [
    '',
    '{"sid":"a"}',
    '0{"sid":""}',
    `0{"sid":"${'a'.repeat(65)}"`,
    `${'x'.repeat(512)}0{"sid":"a"}`,
  ])
    assert.deepEqual(opened(body), [], body.slice(0, 30));
});

test('sessions are bounded in number, time and length, and a use keeps one known', () => {
  let now = 0;
  const sessions = new SessionIds({ path: '/socket.io', size: 2, expire: 1000 }, () => now);
  for (let n = 0; n < 10_000; n += 1) sessions.learn(`s${n}`, 'a');
  assert.ok(sessions.used <= 2);
  sessions.learn('kept', 'b');
  now = 900;
  assert.equal(sessions.find('kept'), 'b');
  now = 1800;
  assert.equal(sessions.find('kept'), 'b');
  now = 2800;
  assert.equal(sessions.find('kept'), undefined);
  sessions.learn('x'.repeat(65), 'a');
  assert.equal(sessions.find('x'.repeat(65)), undefined);
});
