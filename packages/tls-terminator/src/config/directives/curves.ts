import type { ServiceDirective } from '../directive.ts';
import { tlsAccepts } from '../tls-accepts.ts';

export const curves: ServiceDirective = {
  summary: 'Groups for the key exchange, best first.',
  takes: 'NAME[:NAME…]',
  default: 'X25519MLKEM768:X25519:prime256v1:secp384r1',
  example: 'curves = X25519:P-256',
  apply(value, draft, problems) {
    if (value.text !== '' && tlsAccepts({ ecdhCurve: value.text })) draft.curves = value.text;
    else problems.error(value.at, `OpenSSL does not know every group in '${value.text}'`);
  },
};
