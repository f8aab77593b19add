/** TLS settings: versions, ciphers, groups and OpenSSL options. */
import { nearest } from '@headgate/shared/config/suggest';
import type { ServiceDirective } from '../directive.ts';
import { tlsAccepts } from '../tls-accepts.ts';
import { PROFILES } from '../tls-profiles.ts';
import { tlsVersion } from '../tls-versions.ts';
import { integer, oneOf } from '../values.ts';
import { OPENSSL_OPTIONS } from './openssl-options.ts';

const VERSIONS = 'all | TLSv1 | TLSv1.1 | TLSv1.2 | TLSv1.3';

const SUITES = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_CCM_SHA256',
  'TLS_AES_128_CCM_8_SHA256',
];

export const tls = {
  profile: {
    summary:
      "Versions, ciphers and groups by a name of Mozilla's: modern is TLS 1.3 alone, old is for clients of the years before 2014. What follows it in the file changes single values.",
    takes: 'modern | intermediate | old',
    default: 'intermediate',
    example: 'profile = modern',
    apply(value, draft, problems) {
      const name = oneOf(value, ['modern', 'intermediate', 'old'], problems);
      if (name !== undefined) Object.assign(draft, PROFILES[name]);
    },
  },
  alpn: {
    summary:
      'Protocols that are offered by ALPN, best first. A client that offers others only is refused with an alert, one that offers none is served.',
    takes: 'NAME[,NAME…]',
    default: 'none: ALPN is not answered',
    example: 'alpn = http/1.1',
    apply(value, draft, problems) {
      const names = value.text.split(',').map((name) => name.trim());
      if (names.every((name) => /^[!-~]{1,255}$/.test(name)) && names.join('').length < 1000) draft.alpn = names;
      else problems.error(value.at, `'${value.text}' is no list of protocols, such as 'h2,http/1.1'`);
    },
  },
  sslVersion: {
    summary: 'The only protocol version spoken: sets both ends.',
    takes: VERSIONS,
    default: 'TLSv1.2 and TLSv1.3',
    example: 'sslVersion = TLSv1.3',
    apply(value, draft, problems) {
      const version = tlsVersion(value, problems);
      if (version === undefined) return;
      draft.minVersion = version === 'all' ? 'TLSv1' : version;
      draft.maxVersion = version === 'all' ? 'TLSv1.3' : version;
    },
  },
  sslVersionMin: {
    summary: 'Oldest protocol version spoken.',
    takes: VERSIONS,
    default: 'TLSv1.2',
    example: 'sslVersionMin = TLSv1.2',
    apply(value, draft, problems) {
      const version = tlsVersion(value, problems, 'oldest');
      if (version !== undefined) draft.minVersion = version === 'all' ? 'TLSv1' : version;
    },
  },
  sslVersionMax: {
    summary: 'Newest protocol version spoken.',
    takes: VERSIONS,
    default: 'TLSv1.3',
    example: 'sslVersionMax = TLSv1.3',
    apply(value, draft, problems) {
      const version = tlsVersion(value, problems);
      if (version !== undefined) draft.maxVersion = version === 'all' ? 'TLSv1.3' : version;
    },
  },
  ciphers: {
    summary: "Ciphers up to TLS 1.2, in OpenSSL's notation.",
    takes: 'NAME[:NAME…]',
    default:
      "the six of Mozilla's intermediate profile; with client = yes HIGH:!aNULL:!SSLv2:!DH:!kDHEPSK, as in stunnel",
    example: 'ciphers = ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384',
    apply(value, draft, problems) {
      if (/(^|:)TLS_/.test(value.text)) problems.error(value.at, "TLS 1.3 suites (TLS_…) belong into 'ciphersuites'");
      else if (value.text !== '' && tlsAccepts({ ciphers: value.text })) draft.ciphers = value.text;
      else problems.error(value.at, `OpenSSL knows no cipher in '${value.text}'`);
    },
  },
  ciphersuites: {
    summary: 'Cipher suites of TLS 1.3.',
    takes: 'NAME[:NAME…]',
    default: 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256',
    example: 'ciphersuites = TLS_AES_256_GCM_SHA384',
    apply(value, draft, problems) {
      const unknown = value.text.split(':').find((name) => !SUITES.includes(name));
      if (unknown === undefined) draft.ciphersuites = value.text;
      else problems.error(value.at, `'${unknown}' is not a TLS 1.3 cipher suite`, nearest(unknown, SUITES));
    },
  },
  curves: {
    summary: 'Groups for the key exchange, best first.',
    takes: 'NAME[:NAME…]',
    default: 'X25519MLKEM768:X25519:prime256v1:secp384r1',
    example: 'curves = X25519:P-256',
    apply(value, draft, problems) {
      if (value.text !== '' && tlsAccepts({ ecdhCurve: value.text })) draft.curves = value.text;
      else problems.error(value.at, `OpenSSL does not know every group in '${value.text}'`);
    },
  },
  securityLevel: {
    summary: "OpenSSL's floor for keys, hashes and versions; 0 has none, 2 asks for RSA 2048 or better.",
    takes: '0 to 5',
    default: "OpenSSL's, 2",
    example: 'securityLevel = 2',
    apply(value, draft, problems) {
      draft.securityLevel = integer(value, 0, 5, problems);
    },
  },
  options: {
    summary: "OpenSSL's switches (SSL_OP_…, without that prefix); with - in front, switched off.",
    takes: `[-]NAME, one of ${Object.keys(OPENSSL_OPTIONS).join(', ')}`,
    default: 'none; SSL 2 and 3 do not exist in this OpenSSL',
    example: 'options = NO_TICKET',
    repeatable: true,
    apply(value, draft, problems) {
      const off = value.text.startsWith('-');
      const name = off ? value.text.slice(1) : value.text;
      const bits = Object.hasOwn(OPENSSL_OPTIONS, name) ? OPENSSL_OPTIONS[name] : undefined;
      if (bits === undefined)
        problems.error(value.at, `OpenSSL has no option '${name}'`, nearest(name, Object.keys(OPENSSL_OPTIONS)));
      else draft.secureOptions = off ? draft.secureOptions & ~bits : draft.secureOptions | bits;
    },
  },
} as const satisfies Record<string, ServiceDirective>;
