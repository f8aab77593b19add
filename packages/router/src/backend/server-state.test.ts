import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeProgress, describeStatus, initialHealth, nextHealth, operationalAt } from './server-state.ts';

/** Status after each of a row of results, `+` passed and `-` failed. */
function walk(rise: number, fall: number, results: string): string[] {
  const check = { rise, fall };
  let health = initialHealth(check);
  return Array.from(results, (result) => {
    health = nextHealth(health, result === '+', check);
    return describeStatus({ administrative: 'ready', health, config: { check } });
  });
}

describe('the health of a server', () => {
  const walks: readonly (readonly [string, number, number, string, readonly string[]])[] = [
    ['a fresh server goes down at its first failure', 2, 3, '-', ['DOWN']],
    ['a fresh server is in full health after one success', 2, 3, '+', ['UP']],
    ['fall failures in a row take it down', 2, 3, '+---', ['UP', 'UP 2/3', 'UP 1/3', 'DOWN']],
    ['a success undoes the failures before it', 2, 3, '+--+--', ['UP', 'UP 2/3', 'UP 1/3', 'UP', 'UP 2/3', 'UP 1/3']],
    ['rise successes in a row take it up', 3, 4, '-+++', ['DOWN', 'DOWN 1/3', 'DOWN 2/3', 'UP']],
    ['a failure undoes the successes before it', 3, 4, '-++-+', ['DOWN', 'DOWN 1/3', 'DOWN 2/3', 'DOWN', 'DOWN 1/3']],
    ['with rise 1 and fall 1 every result decides', 1, 1, '+-+-', ['UP', 'DOWN', 'UP', 'DOWN']],
    ['it goes no lower than down', 2, 2, '---', ['DOWN', 'DOWN', 'DOWN']],
  ];
  for (const [title, rise, fall, results, expected] of walks) {
    it(title, () => assert.deepEqual(walk(rise, fall, results), expected));
  }
  it('is up from rise on', () => {
    assert.equal(operationalAt(1, { rise: 2, fall: 3 }), 'down');
    assert.equal(operationalAt(2, { rise: 2, fall: 3 }), 'up');
  });
});

describe('the status of a server', () => {
  const check = { rise: 2, fall: 3 };
  const cases = [
    [{ administrative: 'maint', health: 4, config: { check } }, 'MAINT'],
    [{ administrative: 'drain', health: 4, config: { check } }, 'DRAIN'],
    [{ administrative: 'drain', health: 0, config: { check } }, 'DOWN'],
    [{ administrative: 'drain', health: 0, config: { check: undefined } }, 'DRAIN'],
    [{ administrative: 'ready', health: 0, config: { check: undefined } }, 'no check'],
    [{ administrative: 'ready', health: 2, config: { check } }, 'UP 1/3'],
  ] as const;
  for (const [condition, expected] of cases) {
    it(`is ${expected} when ${condition.administrative} with health ${condition.health}`, () => {
      assert.equal(describeStatus(condition), expected);
    });
  }
  it('is counted from one in the log of checks', () => {
    assert.deepEqual([0, 1, 2, 3, 4].map((health) => describeProgress(health, check)), ['0/2 DOWN', '1/2 DOWN', '1/3 UP', '2/3 UP', '3/3 UP']);
  });
});
