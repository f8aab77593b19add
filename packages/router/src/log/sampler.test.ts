import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sampler } from './sampler.ts';

for (const [ranges, size, sent] of [
  [[[1, 1]], 1, [1, 2, 3, 4, 5, 6, 7, 8]],
  [[[1, 1]], 4, [1, 5]],
  [[[2, 3]], 4, [2, 3, 6, 7]],
  [
    [
      [1, 1],
      [4, 4],
    ],
    4,
    [1, 4, 5, 8],
  ],
] as const)
  test(`of each ${size} lines ${JSON.stringify(ranges)} are sent`, () => {
    const sampler = new Sampler({ ranges, size });
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8];
    assert.deepEqual(
      numbers.filter(() => sampler.takes()),
      sent,
    );
  });
