import assert from 'node:assert/strict';
import test from 'node:test';
import { tickInterval } from './clock.ts';

test('the clock ticks four times in the shortest timeout, at least once and at most twenty times a second', () => {
  assert.equal(tickInterval([300_000, 10_000, 0]), 1000);
  assert.equal(tickInterval([1000, 2000]), 250);
  assert.equal(tickInterval([1]), 50);
  assert.equal(tickInterval([0]), 1000);
});
