import { isIP } from 'node:net';
import type { ServiceDirective } from '../directive.ts';

export const local: ServiceDirective = {
  summary: 'Source address of connections to `connect`.',
  takes: 'address',
  default: 'chosen by the kernel',
  example: 'local = 127.0.0.1',
  apply(value, draft, problems) {
    if (isIP(value.text) !== 0) draft.localAddress = value.text;
    else problems.error(value.at, `'${value.text}' is not an IPv4 or IPv6 address`);
  },
};
