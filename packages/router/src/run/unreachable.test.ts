import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unreachable } from './unreachable.ts';

test('the reason why a server cannot be reached is logged once in ten seconds, another reason or server at once', () => {
  const lines: string[] = [];
  let now = 0;
  const unreachable = new Unreachable(
    (line) => lines.push(line),
    () => {},
    () => now,
  );
  const refused = 'connect ECONNREFUSED 127.0.0.1:1';
  for (now = 0; now < 9_999; now += 500) unreachable.tell('apps/one', refused);
  assert.deepEqual(lines.splice(0), [`Cannot connect to server apps/one: ${refused}`]);
  unreachable.tell('apps/two', refused);
  unreachable.tell('apps/one', 'getaddrinfo ENOTFOUND one');
  assert.deepEqual(lines.splice(0), [
    `Cannot connect to server apps/two: ${refused}`,
    'Cannot connect to server apps/one: getaddrinfo ENOTFOUND one',
  ]);
  now += 10_000;
  unreachable.tell('apps/one', 'getaddrinfo ENOTFOUND one');
  assert.equal(lines.length, 1);
});

test('what was not logged is counted, and the count logged once', () => {
  const lines: string[] = [];
  const later: (() => void)[] = [];
  const unreachable = new Unreachable(
    (line) => lines.push(line),
    (_ms, fn) => later.push(fn),
    () => 0,
  );
  for (let n = 0; n < 346; n += 1) unreachable.tell('apps/one', 'refused');
  assert.equal(later.length, 1);
  for (const fn of later) fn();
  assert.deepEqual(lines.slice(1), ['Cannot connect to server apps/one: refused (345 more times in 10 s)']);
});
