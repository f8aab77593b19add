import type { ServiceDirective } from '../directive.ts';
import { yesNo } from '../values.ts';

export const delay: ServiceDirective = {
  summary:
    'Accepted; names in `connect` are always looked up for each connection. With yes, failover is prio, as in stunnel.',
  takes: 'yes | no',
  default: 'no',
  example: 'delay = yes',
  apply(value, draft, problems) {
    if (yesNo(value, problems) === true) draft.failover = 'prio';
  },
};
