import type { ServiceDirective } from '../directive.ts';
import { parseAddress } from '../address.ts';

export const accept: ServiceDirective = {
  summary:
    'Where TLS connections are accepted. A port alone is every IPv4 address; `:::443` is IPv4 and IPv6; port 0 takes a free one.',
  takes: '[host:]port | /path',
  default: '',
  example: 'accept = 443',
  repeatable: true,
  apply(value, draft, problems) {
    const address = parseAddress(value, 0, problems);
    if (address === undefined) return;
    const { at } = value;
    if (address.kind === 'unix') draft.accepts.push({ ...address, at });
    else draft.accepts.push({ kind: 'tcp', at, host: address.host ?? '0.0.0.0', port: address.port });
  },
};
