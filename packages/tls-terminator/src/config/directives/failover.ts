import type { ServiceDirective } from '../directive.ts';
import { oneOf } from '../values.ts';

export const failover: ServiceDirective = {
  summary: 'With several `connect`: the first that answers (prio), or each in turn (rr).',
  takes: 'prio | rr',
  default: 'prio',
  example: 'failover = rr',
  apply(value, draft, problems) {
    draft.failover = oneOf(value, ['prio', 'rr'], problems) ?? draft.failover;
  },
};
