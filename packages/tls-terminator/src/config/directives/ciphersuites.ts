import { nearest } from '@headgate/shared/config/suggest';
import type { ServiceDirective } from '../directive.ts';

const SUITES = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_CCM_SHA256',
  'TLS_AES_128_CCM_8_SHA256',
];

export const ciphersuites: ServiceDirective = {
  summary: 'Cipher suites of TLS 1.3.',
  takes: 'NAME[:NAME…]',
  default: 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256',
  example: 'ciphersuites = TLS_AES_256_GCM_SHA384',
  apply(value, draft, problems) {
    const unknown = value.text.split(':').find((name) => !SUITES.includes(name));
    if (unknown === undefined) draft.ciphersuites = value.text;
    else problems.error(value.at, `'${unknown}' is not a TLS 1.3 cipher suite`, nearest(unknown, SUITES));
  },
};
