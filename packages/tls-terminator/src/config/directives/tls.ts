/** What TLS is spoken: versions, ciphers, groups and OpenSSL's switches. */
import { constants } from 'node:crypto';
import { nearest } from '@headgate/shared/config/suggest';
import type { ServiceDirective } from '../directive.ts';
import { tlsAccepts } from '../tls-accepts.ts';
import { tlsVersion } from '../tls-versions.ts';
import { integer } from '../values.ts';

const VERSIONS = 'all | TLSv1 | TLSv1.1 | TLSv1.2 | TLSv1.3';

const SUITES = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_CCM_SHA256',
  'TLS_AES_128_CCM_8_SHA256',
];

/** OpenSSL's SSL_OP_ names that mean something for a server today. */
const BITS: Readonly<Record<string, number>> = {
  NO_SSLv2: constants.SSL_OP_NO_SSLv2,
  NO_SSLv3: constants.SSL_OP_NO_SSLv3,
  NO_TLSv1: constants.SSL_OP_NO_TLSv1,
  'NO_TLSv1.1': constants.SSL_OP_NO_TLSv1_1,
  NO_TLSv1_1: constants.SSL_OP_NO_TLSv1_1,
  'NO_TLSv1.2': constants.SSL_OP_NO_TLSv1_2,
  NO_TLSv1_2: constants.SSL_OP_NO_TLSv1_2,
  'NO_TLSv1.3': constants.SSL_OP_NO_TLSv1_3,
  NO_TLSv1_3: constants.SSL_OP_NO_TLSv1_3,
  NO_TICKET: constants.SSL_OP_NO_TICKET,
  NO_COMPRESSION: constants.SSL_OP_NO_COMPRESSION,
  NO_RENEGOTIATION: constants.SSL_OP_NO_RENEGOTIATION,
  NO_ENCRYPT_THEN_MAC: constants.SSL_OP_NO_ENCRYPT_THEN_MAC,
  NO_SESSION_RESUMPTION_ON_RENEGOTIATION: constants.SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION,
  CIPHER_SERVER_PREFERENCE: constants.SSL_OP_CIPHER_SERVER_PREFERENCE,
  PRIORITIZE_CHACHA: constants.SSL_OP_PRIORITIZE_CHACHA,
  ALLOW_NO_DHE_KEX: constants.SSL_OP_ALLOW_NO_DHE_KEX,
  DONT_INSERT_EMPTY_FRAGMENTS: constants.SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS,
  ALL: constants.SSL_OP_ALL,
  SINGLE_DH_USE: 0,
  SINGLE_ECDH_USE: 0,
};

export const tls = {
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
      const version = tlsVersion(value, problems);
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
    default: "the six of Mozilla's intermediate profile",
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
    takes: `[-]NAME, one of ${Object.keys(BITS).join(', ')}`,
    default: 'none; SSL 2 and 3 do not exist in this OpenSSL',
    example: 'options = NO_TICKET',
    repeatable: true,
    apply(value, draft, problems) {
      const off = value.text.startsWith('-');
      const name = off ? value.text.slice(1) : value.text;
      const bits = Object.hasOwn(BITS, name) ? BITS[name] : undefined;
      if (bits === undefined)
        problems.error(value.at, `not supported yet: OpenSSL option '${name}'`, nearest(name, Object.keys(BITS)));
      else draft.secureOptions = off ? draft.secureOptions & ~bits : draft.secureOptions | bits;
    },
  },
} as const satisfies Record<string, ServiceDirective>;
