import assert from 'node:assert/strict';
import test from 'node:test';
import { Backoff } from './backoff.ts';
import { WORKER_PAUSES } from './workers/member.ts';

test('a worker that ends is started again at once, and ever more slowly when it ends again and again', () => {
  const backoff = new Backoff(WORKER_PAUSES);
  const pauses = Array.from({ length: 10 }, () => backoff.pauseAfter(undefined));
  assert.deepEqual(pauses, [0, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

test('one that has served for ten seconds begins anew', () => {
  const backoff = new Backoff(WORKER_PAUSES);
  backoff.pauseAfter(100);
  assert.equal(backoff.pauseAfter(9999), 500);
  assert.equal(backoff.pauseAfter(10_000), 0);
  assert.equal(backoff.pauseAfter(undefined), 500);
});
