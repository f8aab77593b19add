import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '@headgate/shared/process/backoff';
import { HALF_PAUSES } from './half.ts';

test('a half that dies again and again is started less often, up to every ten seconds', () => {
  const backoff = new Backoff(HALF_PAUSES);
  const pauses = Array.from({ length: 9 }, () => backoff.pauseAfter(5));
  assert.deepEqual(pauses, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
});

test('after a life of ten seconds the pauses begin anew', () => {
  const backoff = new Backoff(HALF_PAUSES);
  backoff.pauseAfter(5);
  backoff.pauseAfter(5);
  assert.equal(backoff.pauseAfter(10_000), 100);
  assert.equal(backoff.pauseAfter(5), 200);
});
