import { httpclose, small, smallPipeline, smallTls } from './cases/small.ts';
import type { Case } from './measure/sample.ts';

/** Everything that is measured, in the order of the report. */
export const cases = {
  small,
  'small-tls': smallTls,
  'small-pipeline': smallPipeline,
  httpclose,
} as const satisfies Record<string, Case>;

export type CaseName = keyof typeof cases;
