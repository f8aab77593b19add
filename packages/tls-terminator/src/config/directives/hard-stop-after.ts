import type { GlobalDirective } from '../directive.ts';
import { duration } from '../values.ts';

export const hardStopAfter: GlobalDirective = {
  summary:
    "How long a stop waits for open connections before it cuts them (HAProxy's word; stunnel cuts at once). 0 waits for ever.",
  takes: 'seconds, or a number with ms, s, m, h or d',
  default: '30s',
  example: 'hard-stop-after = 5m',
  apply(value, draft, problems) {
    draft.hardStopAfter = duration(value, problems) ?? draft.hardStopAfter;
  },
};
