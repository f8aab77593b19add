import type { GlobalDirective } from '../directive.ts';
import { path } from '../values.ts';

export const output: GlobalDirective = {
  summary: 'Log file; SIGUSR1 opens it again after rotation.',
  takes: '/path',
  default: 'standard error',
  example: 'output = /var/log/tls-terminator.log',
  apply(value, draft, problems) {
    draft.output = path(value, problems);
  },
};
