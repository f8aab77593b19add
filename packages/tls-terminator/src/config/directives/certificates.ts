/** The files with certificates and keys. */
import type { CertificateSource } from '../draft.ts';
import type { ServiceDirective } from '../directive.ts';
import { namedFile, path } from '../values.ts';

export const certificates = {
  cert: file('cert', {
    summary:
      'PEM file with the certificate, its chain and usually the key (`cat cert.key cert.pem`), or a .p12/.pfx file. It serves clients that request no name, or one that no other certificate is for.',
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
      'File whose first line is the pass phrase of the key or the .p12 file (ours; stunnel asks on the terminal). It opens those of `crt` and `crtList` too.',
    default: 'none',
    example: 'keyPassFile = /etc/ssl/private/pass',
  }),
  crt: source('crt', {
    summary:
      "More certificates, chosen by the name a client requests: a file, or every file of a directory, as HAProxy's `crt`. The key is in the file or in FILE.key; FILE.rsa and FILE.ecdsa are two keys for the same names. Without `cert` the first is the default.",
    takes: '/path',
    example: 'crt = /etc/ssl/sites',
  }),
  crtList: source('list', {
    summary:
      "A file in the form of HAProxy's crt-list: on each line FILE [options] names. A name may be `*.example.com`, or `!name` to exclude one.",
    takes: '/path',
    example: 'crtList = /etc/ssl/sites.list',
  }),
  crtBase: base('crtBase', {
    summary: "Folder of relative names in `cert`, `key`, `crt` and the lines of lists (HAProxy's `crt-base`).",
    example: 'crtBase = /etc/ssl/private',
  }),
  caBase: base('caBase', {
    summary: "Folder of relative names in `CAfile`, `CApath`, `CRLfile` and `CRLpath` (HAProxy's `ca-base`).",
    example: 'caBase = /etc/ssl/certs',
  }),
  certificate: source('line', {
    summary:
      'One line of such a list. In YAML also a mapping: `{ file, names, verify, CAfile, CRLfile, alpn, sslVersionMin, sslVersionMax, ciphers, ciphersuites, curves }`.',
    takes: 'FILE [options] names',
    example: 'certificate = /etc/ssl/a.pem [verify required ca-file /etc/ssl/ca.pem] a.example.com',
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
      draft[option] = namedFile(option, value, problems) ?? draft[option];
    },
  };
}

function base(option: 'crtBase' | 'caBase', about: Pick<ServiceDirective, 'summary' | 'example'>): ServiceDirective {
  return {
    ...about,
    takes: '/path',
    default: 'the working directory',
    apply(value, draft, problems) {
      draft[option] = path(value, problems) ?? draft[option];
    },
  };
}

function source(
  kind: CertificateSource['kind'],
  about: Pick<ServiceDirective, 'summary' | 'takes' | 'example'>,
): ServiceDirective {
  return {
    ...about,
    default: 'none',
    repeatable: true,
    apply(value, draft, problems) {
      if (path(value, problems) !== undefined) draft.moreCertificates.push({ kind, value });
    },
  };
}
