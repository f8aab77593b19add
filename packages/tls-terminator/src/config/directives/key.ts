import type { ServiceDirective } from '../directive.ts';
import { path } from '../values.ts';

export const key: ServiceDirective = {
  summary: 'PEM file with the private key, when it is not in the `cert` file.',
  takes: '/path',
  default: 'the `cert` file',
  example: 'key = /etc/ssl/private/cert.key',
  apply(value, draft, problems) {
    const file = path(value, problems);
    if (file !== undefined) draft.key = { option: 'key', path: file, at: value.at };
  },
};
