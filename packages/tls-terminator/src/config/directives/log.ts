import type { GlobalDirective } from '../directive.ts';
import { oneOf } from '../values.ts';

export const log: GlobalDirective = {
  summary: 'Whether opening the log file keeps what is in it.',
  takes: 'append | overwrite',
  default: 'append',
  example: 'log = append',
  apply(value, draft, problems) {
    draft.mode = oneOf(value, ['append', 'overwrite'], problems) ?? draft.mode;
  },
};
