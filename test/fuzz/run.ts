/** node --conditions=x-src test/fuzz/run.ts --minutes 10 [--seed N]: the same tests as in CI, for any duration. */
import { parseArgs } from 'node:util';
import { fuzz } from './suite.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
fuzz(Number(values.minutes) * 60, Number(values.seed));
