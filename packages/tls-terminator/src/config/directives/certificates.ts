/** The files with the certificate and its key. */
import type { ServiceDirective } from '../directive.ts';
import { path } from '../values.ts';

export const certificates = {
  cert: file('cert', {
    summary:
      'PEM file with the certificate, its chain and usually the key (`cat cert.key cert.pem`), or a .p12/.pfx file.',
    default: '',
    example: 'cert = /etc/ssl/cert.key_pem',
  }),
  key: file('key', {
    summary: 'PEM file with the private key, when it is not in the `cert` file.',
    default: 'the `cert` file',
    example: 'key = /etc/ssl/private/cert.key',
  }),
  keyPassFile: file('keyPassFile', {
    summary:
      'File whose first line is the pass phrase of the key or the .p12 file (ours; stunnel asks on the terminal).',
    default: 'none',
    example: 'keyPassFile = /etc/ssl/private/pass',
  }),
} as const satisfies Record<string, ServiceDirective>;

function file(
  option: 'cert' | 'key' | 'keyPassFile',
  about: Pick<ServiceDirective, 'summary' | 'default' | 'example'>,
): ServiceDirective {
  return {
    ...about,
    takes: '/path',
    apply(value, draft, problems) {
      const name = path(value, problems);
      if (name !== undefined) draft[option] = { option, path: name, at: value.at };
    },
  };
}
