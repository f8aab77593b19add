import { constants } from 'node:crypto';
import { nearest } from '@headgate/shared/config/suggest';
import type { ServiceDirective } from '../directive.ts';

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

export const options: ServiceDirective = {
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
};
