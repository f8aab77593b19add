import { rangeTest } from '../ranges.ts';
import type { Match } from '../match.ts';

/** The length of the sample in bytes, compared as `int` compares. */
export const len: Match = {
  takes: 'text',
  patterns: true,
  compile(patterns, report) {
    const test = rangeTest(patterns, report);
    return (sample) => test(sample.length);
  },
};
