import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unreachable } from './unreachable.ts';

test('why a server cannot be connected to is told once in ten seconds, another reason and another server at once', () => {
  const lines: string[] = [];
  let now = 0;
  const unreachable = new Unreachable(
    (line) => lines.push(line),
    () => now,
  );
  const refused = 'connect ECONNREFUSED 127.0.0.1:1';
  for (now = 0; now < 9_999; now += 500) unreachable.tell('apps/one', refused);
  assert.deepEqual(lines.splice(0), [`Server apps/one cannot be connected to: ${refused}`]);
  unreachable.tell('apps/two', refused);
  unreachable.tell('apps/one', 'getaddrinfo ENOTFOUND one');
  assert.deepEqual(lines.splice(0), [
    `Server apps/two cannot be connected to: ${refused}`,
    'Server apps/one cannot be connected to: getaddrinfo ENOTFOUND one',
  ]);
  now += 10_000;
  unreachable.tell('apps/one', 'getaddrinfo ENOTFOUND one');
  assert.equal(lines.length, 1);
});
