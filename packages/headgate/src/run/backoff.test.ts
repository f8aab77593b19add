import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from './backoff.ts';

test('a half that dies again and again is started less often, up to every ten seconds', () => {
  const backoff = new Backoff();
  const pauses = Array.from({ length: 9 }, () => backoff.next(5));
  assert.deepEqual(pauses, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
});

test('after a life of ten seconds the pauses begin anew', () => {
  const backoff = new Backoff();
  backoff.next(5);
  backoff.next(5);
  assert.equal(backoff.next(10_000), 100);
  assert.equal(backoff.next(5), 200);
});
