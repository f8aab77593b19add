import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkTimeouts, firstPauses, jittered, pauseAfter } from './schedule.ts';

const check = {
  inter: 1000,
  fastinter: 250,
  downinter: 500,
  rise: 3,
  fall: 4,
  port: undefined,
  host: undefined,
  sendProxy: false,
  tls: undefined,
};

describe('the pause after a check', () => {
  for (const [health, expected] of [
    [6, 1000],
    [5, 250],
    [3, 250],
    [2, 250],
    [1, 250],
    [0, 500],
  ] as const) {
    it(`is ${expected} ms with health ${health}`, () => assert.equal(pauseAfter(check, health), expected));
  }
});

describe('first checks', () => {
  const cases: readonly (readonly [readonly number[], readonly number[]])[] = [
    [[], []],
    [[10_000], [0]],
    [
      [10_000, 10_000, 10_000],
      [0, 3333, 6666],
    ],
    [
      [200, 200],
      [0, 100],
    ],
    [
      [200, 4000, 1000],
      [0, 1333, 666],
    ],
    [
      [2000, 8000],
      [0, 4000],
    ],
    [
      [8000, 2000],
      [0, 1000],
    ],
  ];
  for (const [intervals, expected] of cases) {
    it(`of intervals [${intervals.join(', ')}] come after [${expected.join(', ')}]`, () => {
      assert.deepEqual(firstPauses(intervals), expected);
    });
  }
  it('of max-spread-checks come within that time', () => {
    assert.deepEqual(firstPauses([10_000, 100, 10_000, 10_000], 400), [0, 100, 200, 300]);
  });
});

describe('spread-checks', () => {
  for (const [percent, random, expected] of [
    [0, 0.9, 1000],
    [50, 0, 1500],
    [50, 0.5, 1000],
    [10, 0.999999, 900],
  ] as const) {
    it(`${percent} with ${random} makes ${expected} of 1000`, () =>
      assert.equal(jittered(1000, percent, random), expected));
  }
});

describe('the time limit of a check', () => {
  const cases = [
    [
      { connect: 0, check: 0 },
      { connect: 1000, answer: undefined },
    ],
    [
      { connect: 300, check: 0 },
      { connect: 1000, answer: undefined },
    ],
    [
      { connect: 300, check: 700 },
      { connect: 300, answer: 700 },
    ],
    [
      { connect: 5000, check: 700 },
      { connect: 1000, answer: 700 },
    ],
    [
      { connect: 0, check: 700 },
      { connect: 1000, answer: 700 },
    ],
  ] as const;
  for (const [timeouts, expected] of cases) {
    it(`with timeout connect ${timeouts.connect} and timeout check ${timeouts.check}`, () => {
      assert.deepEqual(checkTimeouts(check, timeouts), expected);
    });
  }
});
