/** What is demanded of the certificate of the other side. The yes-or-no options of this family are in switches.ts. */
import { isIP } from 'node:net';
import { verifyErrorNumber } from '@headgate/shared/x509/verify-errors';
import { connectAddress } from '../address.ts';
import type { ServiceDirective } from '../directive.ts';
import type { TrustDraft } from '../draft.ts';
import { integer, namedFile, oneOf } from '../values.ts';

const FLAGS = [
  'NOCERTS',
  'NOINTERN',
  'NOSIGS',
  'NOCHAIN',
  'NOVERIFY',
  'NOEXPLICIT',
  'NOCASIGN',
  'NODELEGATED',
  'NOCHECKS',
  'TRUSTOTHER',
  'RESPID_KEY',
  'NOTIME',
];

export const verification = {
  verify: {
    summary:
      "How the certificate of the other side is verified: HAProxy's words, or stunnel's obsolete levels. `optional` and 1 accept clients without one; 0 asks and ignores; 3 is 2 with `verifyPeer`, 4 is `verifyPeer` alone.",
    takes: 'none | optional | required | 0 to 4',
    default: 'none',
    example: 'verify = required',
    apply(value, draft, problems) {
      const word = oneOf(value, ['none', 'optional', 'required', '0', '1', '2', '3', '4'], problems);
      if (word === undefined) return;
      const level = word === 'none' ? -1 : word === 'optional' ? 1 : word === 'required' ? 2 : Number(word);
      draft.verification.request = level >= 0;
      draft.verification.require = level >= 2;
      draft.verification.chain = level >= 1 && level <= 3;
      draft.verification.peer = level >= 3;
    },
  },
  CAfile: trust('caFile', 'CAfile', {
    summary:
      'PEM file with the authorities that certificates must lead to, or with `verifyPeer` the certificates themselves. A folder stands for its files that end in .pem, .crt, .cer or .crl, and `@system-ca` for the authorities that this system trusts.',
    example: 'CAfile = /etc/ssl/clients.pem',
  }),
  CApath: trust('caPath', 'CApath', {
    summary:
      'Directory of such certificates, one in a file, named by `openssl rehash` (XXXXXXXX.0). It is read at the start.',
    example: 'CApath = /etc/ssl/certs',
  }),
  CAverifyFile: trust('caVerifyFile', 'CAverifyFile', {
    summary:
      "More authorities that certificates may lead to (HAProxy's `ca-verify-file`); clients are sent their names too.",
    example: 'CAverifyFile = /etc/ssl/roots.pem',
  }),
  CRLfile: trust('crlFile', 'CRLfile', {
    summary:
      'PEM file with revocation lists. Once there is one, every authority in a chain needs its own list, as in stunnel and HAProxy.',
    example: 'CRLfile = /etc/ssl/revoked.pem',
  }),
  CRLpath: trust('crlPath', 'CRLpath', {
    summary: 'Directory of revocation lists, named by `openssl rehash` (XXXXXXXX.r0). It is read at the start.',
    example: 'CRLpath = /etc/ssl/crls',
  }),
  checkHost: {
    summary:
      'Host name that must be in the certificate of the other side. One match among all checkHost, checkEmail and checkIP is enough.',
    takes: 'name',
    default: 'every name will do',
    example: 'checkHost = mail.example.com',
    repeatable: true,
    apply(value, draft, problems) {
      if (/^[\w.*-]{1,253}$/.test(value.text)) draft.verification.hosts.push(value.text);
      else problems.error(value.at, `'${value.text}' is not a host name`);
    },
  },
  checkEmail: {
    summary: 'E-mail address that must be in the certificate of the other side. See checkHost.',
    takes: 'address',
    default: 'every address will do',
    example: 'checkEmail = alice@example.com',
    repeatable: true,
    apply(value, draft, problems) {
      if (/^[^\s@]+@[^\s@]+$/.test(value.text)) draft.verification.emails.push(value.text);
      else problems.error(value.at, `'${value.text}' is not an e-mail address`);
    },
  },
  checkIP: {
    summary: 'IP address that must be in the certificate of the other side. See checkHost.',
    takes: 'IPv4 or IPv6 address',
    default: 'every address will do',
    example: 'checkIP = 192.0.2.1',
    repeatable: true,
    apply(value, draft, problems) {
      if (isIP(value.text) !== 0) draft.verification.addresses.push(value.text);
      else problems.error(value.at, `'${value.text}' is not an IPv4 or IPv6 address`);
    },
  },
  verifyDepth: {
    summary:
      'Most authorities above the certificate of the other side, the root included (ours; 1: signed by the root).',
    takes: '1 to 100',
    default: "OpenSSL's, 100",
    example: 'verifyDepth = 2',
    apply(value, draft, problems) {
      draft.verification.depth = integer(value, 1, 100, problems) ?? draft.verification.depth;
    },
  },
  verifyIgnore: {
    summary:
      "Verification errors that refuse no client (HAProxy's `crt-ignore-err` and `ca-ignore-err`): the router learns the number as `ssl_c_verify`.",
    takes: 'all, or numbers and names of X509_V_ERR separated by commas',
    default: 'none',
    example: 'verifyIgnore = 10,X509_V_ERR_CRL_HAS_EXPIRED',
    apply(value, draft, problems) {
      if (value.text === 'all') {
        draft.verification.ignored = 'all';
        return;
      }
      const numbers = new Set<number>();
      for (const word of value.text.split(',')) {
        const number = verifyErrorNumber(word.trim());
        if (number === undefined) problems.error(value.at, `'${word.trim()}' is no verification error of OpenSSL's`);
        else numbers.add(number);
      }
      draft.verification.ignored = numbers;
    },
  },
  redirect: {
    summary: 'Where clients go whose certificate is missing or fails, instead of being refused.',
    takes: '[host:]port | /path',
    default: 'none: they are refused',
    example: 'redirect = 127.0.0.1:8081',
    repeatable: true,
    apply(value, draft, problems) {
      const address = connectAddress(value, problems);
      if (address !== undefined) draft.verification.redirect.push(address);
    },
  },
  OCSP: {
    summary:
      'Responder that is asked whether a certificate of the other side was revoked. Without the answer "good" it is refused.',
    takes: 'http:// URL',
    default: 'none',
    example: 'OCSP = http://ocsp.example.com/',
    apply(value, draft, problems) {
      if (URL.canParse(value.text) && new URL(value.text).protocol === 'http:') draft.verification.ocspUrl = value.text;
      else problems.error(value.at, `'${value.text}' is not an http:// URL; OCSP answers are signed and need no TLS`);
    },
  },
  OCSPflag: {
    summary: 'Accepted; answers are always verified: signed by the issuer or by a responder it has named, and in time.',
    takes: FLAGS.join(' | '),
    default: 'none',
    example: 'OCSPflag = NOCHAIN',
    repeatable: true,
    apply(value, _draft, problems) {
      const flag = oneOf(value, FLAGS, problems);
      if (flag !== undefined)
        problems.warning(value.at, `OCSPflag ${flag} has no effect: answers of responders are always verified in full`);
    },
  },
} as const satisfies Record<string, ServiceDirective>;

function trust(
  field: keyof TrustDraft,
  option: string,
  about: Pick<ServiceDirective, 'summary' | 'example'>,
): ServiceDirective {
  return {
    ...about,
    takes: '/path',
    default: 'none',
    apply(value, draft, problems) {
      draft.trust[field] = namedFile(option, value, problems) ?? draft.trust[field];
    },
  };
}
