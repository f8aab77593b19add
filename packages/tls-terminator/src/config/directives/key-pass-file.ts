import type { ServiceDirective } from '../directive.ts';
import { path } from '../values.ts';

export const keyPassFile: ServiceDirective = {
  summary: 'File whose first line is the pass phrase of the key or the .p12 file (ours; stunnel asks on the terminal).',
  takes: '/path',
  default: 'none',
  example: 'keyPassFile = /etc/ssl/private/pass',
  apply(value, draft, problems) {
    const file = path(value, problems);
    if (file !== undefined) draft.keyPassFile = { option: 'keyPassFile', path: file, at: value.at };
  },
};
