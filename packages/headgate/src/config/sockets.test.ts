import assert from 'node:assert/strict';
import { test } from 'node:test';
import { socketIn } from './sockets.ts';

const socket = socketIn('/run/headgate');

test('a bind has the same private socket across reloads, and every other bind has another', () => {
  assert.equal(socket('web', ':443'), socket('web', ':443'));
  assert.notEqual(socket('web', ':443'), socket('web', ':444'));
  assert.notEqual(socket('web', ':443'), socket('api', ':443'));
});

test('names of frontends cannot leave the folder, and share a socket only by their digest', () => {
  const names = ['../../etc/passwd', 'a'.repeat(300), 'a/b', 'a.b', 'ä'].map((name) => socket(name, ':443'));
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.match(name, /^\/run\/headgate\/[\w.-]{1,20}-[0-9a-f]{8}\.sock$/);
});
