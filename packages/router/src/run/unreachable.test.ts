import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unreachable } from './unreachable.ts';

test('the reason why a server cannot be reached is logged once in ten seconds, another reason or server at once', () => {
  const lines: string[] = [];
  let now = 0;
  const unreachable = new Unreachable(
    (line) => lines.push(line),
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
