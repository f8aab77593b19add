import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeProgress, initialHealth, nextHealth, operationalAt } from './server-state.ts';

/** What the log of checks says after each of a row of results, `+` passed and `-` failed. */
function walk(rise: number, fall: number, results: string): string[] {
  const check = { rise, fall };
  let health = initialHealth(check);
  return Array.from(results, (result) => {
    health = nextHealth(health, result === '+', check);
    return describeProgress(health, check);
  });
}

describe('the health of a server', () => {
  const walks: readonly (readonly [string, number, number, string, readonly string[]])[] = [
    ['a fresh server goes down at its first failure', 2, 3, '-', ['0/2 DOWN']],
    ['a fresh server is in full health after one success', 2, 3, '+', ['3/3 UP']],
    ['fall failures in a row take it down', 2, 3, '+---', ['3/3 UP', '2/3 UP', '1/3 UP', '0/2 DOWN']],
    [
      'a success undoes the failures before it',
      2,
      3,
      '+--+--',
      ['3/3 UP', '2/3 UP', '1/3 UP', '3/3 UP', '2/3 UP', '1/3 UP'],
    ],
    ['rise successes in a row take it up', 3, 4, '-+++', ['0/3 DOWN', '1/3 DOWN', '2/3 DOWN', '4/4 UP']],
    [
      'a failure undoes the successes before it',
      3,
      4,
      '-++-+',
      ['0/3 DOWN', '1/3 DOWN', '2/3 DOWN', '0/3 DOWN', '1/3 DOWN'],
    ],
    ['with rise 1 and fall 1 every result decides', 1, 1, '+-+-', ['1/1 UP', '0/1 DOWN', '1/1 UP', '0/1 DOWN']],
    ['it goes no lower than down', 2, 2, '---', ['0/2 DOWN', '0/2 DOWN', '0/2 DOWN']],
  ];
  for (const [title, rise, fall, results, expected] of walks) {
    it(title, () => assert.deepEqual(walk(rise, fall, results), expected));
  }
  it('is up from rise on, and counted from one in the log of checks', () => {
    const check = { rise: 2, fall: 3 };
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((health) => operationalAt(health, check)),
      ['down', 'down', 'up', 'up', 'up'],
    );
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((health) => describeProgress(health, check)),
      ['0/2 DOWN', '1/2 DOWN', '1/3 UP', '2/3 UP', '3/3 UP'],
    );
  });
});
