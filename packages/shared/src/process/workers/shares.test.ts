import assert from 'node:assert/strict';
import test from 'node:test';
import { accepts } from './shares.ts';

/** Which workers accept on each of `count` sockets. */
function table(count: number, workers: number, serving: readonly number[]): string {
  const all = Array.from({ length: workers }, (_, index) => index + 1);
  return Array.from({ length: count }, (_, index) =>
    all.filter((one) => serving.includes(one) && accepts(one, { index, count }, workers, new Set(serving))).join('+'),
  ).join(' ');
}

for (const { name, count, workers, serving, wanted } of [
  { name: 'each worker has its own sockets', count: 4, workers: 2, serving: [1, 2], wanted: '1 2 1 2' },
  {
    name: 'the next worker takes the part of one that is missing',
    count: 6,
    workers: 3,
    serving: [1, 3],
    wanted: '1 3 3 1 3 3',
  },
  { name: 'the last of three takes everything', count: 3, workers: 3, serving: [2], wanted: '2 2 2' },
  { name: 'all accept on a single socket', count: 1, workers: 2, serving: [1, 2], wanted: '1+2' },
] as const)
  test(name, () => assert.equal(table(count, workers, serving), wanted));

test('a worker that starts gets its own part before it serves, and nobody else’s', () => {
  const serving = new Set([2]);
  const own = [0, 1, 2, 3].filter((index) => accepts(1, { index, count: 4 }, 2, serving));
  assert.deepEqual(own, [0, 2]);
});
