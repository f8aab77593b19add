import type { ServiceDirective } from '../directive.ts';
import { parseAddress } from '../address.ts';

export const connect: ServiceDirective = {
  summary:
    'Where the plain bytes go. A port alone is localhost: 127.0.0.1, then ::1. Names are looked up for each connection.',
  takes: '[host:]port | /path',
  default: '',
  example: 'connect = 80',
  repeatable: true,
  apply(value, draft, problems) {
    const address = parseAddress(value, 1, problems);
    if (address === undefined) return;
    const { at, text } = value;
    if (address.kind === 'unix') {
      draft.connects.push({ ...address, at, text });
      return;
    }
    const host = address.host?.toLowerCase() ?? 'localhost';
    draft.connects.push({
      kind: 'tcp',
      at,
      text: address.host === undefined ? `localhost:${text}` : text,
      hosts: host === 'localhost' ? ['127.0.0.1', '::1'] : [host],
      port: address.port,
    });
  },
};
