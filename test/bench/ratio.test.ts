import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ratio } from '../../bench/measure/ratio.ts';

it('a ratio is the median of the ratios of one round each, with the best over the best beside it', () => {
  const ours = [30, 20, 60];
  const theirs = [10, 20, 20];
  assert.deepEqual(ratio(ours, theirs, 'lower'), { median: 3, min: 1, max: 3, best: 2 });
  assert.deepEqual(ratio(ours, theirs, 'higher'), { median: 3, min: 1, max: 3, best: 3 });
});

it('a round that one of them has not had is not compared, and nothing is the ratio of nothing', () => {
  assert.deepEqual(ratio([30, 20], [10], 'lower'), { median: 3, min: 3, max: 3, best: 2 });
  assert.equal(ratio([30], [], 'lower'), undefined);
  assert.equal(ratio([], [30], 'lower'), undefined);
});
