import type { GlobalDirective } from '../directive.ts';
import { path } from '../values.ts';

export const output: GlobalDirective = {
  summary:
    'Log file, which is appended to. One that was renamed or removed is made anew within a second, or at once on SIGUSR2. One that cannot be written refuses the start. SIGUSR1 stops the program.',
  takes: '/path',
  default: 'standard error',
  example: 'output = /var/log/tls-terminator.log',
  apply(value, draft, problems) {
    draft.output = path(value, problems);
  },
};
