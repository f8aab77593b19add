import type { ServiceDirective } from '../directive.ts';
import { tlsAccepts } from '../tls-accepts.ts';

export const ciphers: ServiceDirective = {
  summary: "Ciphers up to TLS 1.2, in OpenSSL's notation.",
  takes: 'NAME[:NAME…]',
  default: "the six of Mozilla's intermediate profile",
  example: 'ciphers = ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384',
  apply(value, draft, problems) {
    if (/(^|:)TLS_/.test(value.text)) problems.error(value.at, "TLS 1.3 suites (TLS_…) belong into 'ciphersuites'");
    else if (value.text !== '' && tlsAccepts({ ciphers: value.text })) draft.ciphers = value.text;
    else problems.error(value.at, `OpenSSL knows no cipher in '${value.text}'`);
  },
};
