import type { ServiceDirective } from '../directive.ts';
import { integer } from '../values.ts';

export const maxConnections: ServiceDirective = {
  summary: 'Connections of this service at one time; more are closed at once (ours). 0 is unlimited.',
  takes: 'number',
  default: '0',
  example: 'maxConnections = 10000',
  apply(value, draft, problems) {
    draft.maxConnections = integer(value, 0, 1_000_000, problems) ?? draft.maxConnections;
  },
};
