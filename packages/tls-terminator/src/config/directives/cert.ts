import type { ServiceDirective } from '../directive.ts';
import { path } from '../values.ts';

export const cert: ServiceDirective = {
  summary:
    'PEM file with the certificate, its chain and usually the key (`cat cert.key cert.pem`), or a .p12/.pfx file.',
  takes: '/path',
  default: '',
  example: 'cert = /etc/ssl/cert.key_pem',
  apply(value, draft, problems) {
    const file = path(value, problems);
    if (file !== undefined) draft.cert = { option: 'cert', path: file, at: value.at };
  },
};
