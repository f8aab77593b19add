import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ratio } from '../../bench/measure/ratio.ts';

it('a ratio is the median of the per-round ratios, shown next to best over best', () => {
  const ours = [30, 20, 60];
  const theirs = [10, 20, 20];
  assert.deepEqual(ratio(ours, theirs, 'lower'), { median: 3, min: 1, max: 3, best: 2 });
  assert.deepEqual(ratio(ours, theirs, 'higher'), { median: 3, min: 1, max: 3, best: 3 });
});

it('a round missing for one contender is not compared, and no rounds give no ratio', () => {
  assert.deepEqual(ratio([30, 20], [10], 'lower'), { median: 3, min: 3, max: 3, best: 2 });
  assert.equal(ratio([30], [], 'lower'), undefined);
  assert.equal(ratio([], [30], 'lower'), undefined);
});
