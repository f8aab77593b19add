import type { ServiceDirective } from '../directive.ts';
import { integer } from '../values.ts';

export const maxConnections: ServiceDirective = {
  summary:
    'Connections of this service at one time (ours); one more takes the place of the handshake that lasts longest, or is closed. 0 leaves only the limit of open files, which services share.',
  takes: 'number',
  default: '0',
  example: 'maxConnections = 10000',
  apply(value, draft, problems) {
    draft.maxConnections = integer(value, 0, 1_000_000, problems) ?? draft.maxConnections;
  },
};
