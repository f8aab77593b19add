import type { ServiceDirective } from '../directive.ts';
import { yesNo } from '../values.ts';

export const renegotiation: ServiceDirective = {
  summary:
    'Whether a TLS 1.2 client may start the handshake anew. stunnel allows it by default; nothing needs it and it costs processor time.',
  takes: 'yes | no',
  default: 'no',
  example: 'renegotiation = no',
  apply(value, draft, problems) {
    draft.renegotiation = yesNo(value, problems) ?? draft.renegotiation;
  },
};
