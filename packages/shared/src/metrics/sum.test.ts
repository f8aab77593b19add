import assert from 'node:assert/strict';
import test from 'node:test';
import { addNumbers, partOf } from './sum.ts';

test('numbers are added wherever they are nested, and what is not there yet is made', () => {
  const sum = { a: 1, inner: { list: [1, 2] }, name: 'kept' };
  addNumbers(sum, { a: 2, b: 3, inner: { list: [10, 20, 30], c: 4 }, name: 'other' });
  assert.deepEqual(sum, { a: 3, b: 3, inner: { list: [11, 22, 30], c: 4 }, name: 'kept' });
});

for (const [limit, workers, parts] of [
  [10, 2, [5, 5]],
  [11, 3, [4, 4, 3]],
  [0, 2, [0, 0]],
  [1, 2, [1, 1]],
] as const)
  test(`a limit of ${limit} among ${workers} workers is ${parts.join(' and ')}`, () => {
    assert.deepEqual(
      Array.from({ length: workers }, (_, index) => partOf(limit, index + 1, workers)),
      parts,
    );
  });
