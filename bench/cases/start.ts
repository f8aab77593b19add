import { nothing, start } from '../load/start.ts';
import type { Case } from '../measure/sample.ts';
import { answers } from '../verify.ts';
import { rowsOf } from './rows.ts';

export const startAndRest: Case = {
  title: 'Start-up, and memory at rest',
  item: 'start',
  requests: 'irrelevant',
  origin: 'files',
  fresh: true,
  rows: rowsOf(['pipeline', 'stunnel+haproxy', 'router', 'haproxy', 'terminator', 'stunnel']),
  loads: [{ name: 'start', run: start }],
  warmUp: { name: 'none', run: nothing },
  verify: answers({}),
};
