import { constants, createHash, hkdfSync } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import type { Problems } from '@headgate/shared/config/problem';
import type { Trust } from '../certificate/trust.ts';
import type { NamedCertificate } from '../model/snapshot.ts';
import type { ServiceDraft } from './draft.ts';
import { INTERMEDIATE_CIPHERS } from './tls-profiles.ts';
import { TLS_VERSIONS } from './tls-versions.ts';

/** The files' part of what OpenSSL is given. */
export interface TlsMaterial {
  readonly pairs: NamedCertificate['pairs'];
  readonly trust: Trust;
  readonly ticketKeys: readonly Buffer[];
}

/** stunnel's default, for servers of others that are older than ours. */
const CLIENT_CIPHERS = 'HIGH:!aNULL:!SSLv2:!DH:!kDHEPSK';

/** Ciphers up to TLS 1.2 that rest on a pre-shared key: with ephemeral keys first. */
const PSK_CIPHERS =
  'ECDHE-PSK-CHACHA20-POLY1305:ECDHE-PSK-AES256-CBC-SHA384:ECDHE-PSK-AES128-CBC-SHA256:PSK-AES256-GCM-SHA384:PSK-AES128-GCM-SHA256:PSK-CHACHA20-POLY1305';

/** The options for tls.createSecureContext. Mozilla's guideline 6.0 leaves the choice of cipher to the client. */
export function tlsOptions(
  name: string,
  draft: ServiceDraft,
  { pairs, trust, ticketKeys: [fileKey] }: TlsMaterial,
  problems: Problems,
): SecureContextOptions {
  const level = draft.securityLevel === undefined ? '' : `@SECLEVEL=${draft.securityLevel}:`;
  const renegotiation = draft.renegotiation ? 0 : constants.SSL_OP_NO_RENEGOTIATION;
  const resumption = draft.sessionResume ? 0 : constants.SSL_OP_NO_TICKET;
  const ticketKeys = ticketKeysOf(draft, problems) ?? fileKey;
  const [first, ...more] = pairs;
  const usual = draft.client ? CLIENT_CIPHERS : INTERMEDIATE_CIPHERS;
  const ciphers = [draft.ciphers ?? usual, ...(draft.pskSecrets === undefined ? [] : [PSK_CIPHERS])].join(':');
  const verification = draft.verification.request || draft.client;
  return {
    ...(first === undefined
      ? {}
      : {
          key: more.length === 0 ? first.keyPem : pairs.map(({ keyPem }) => keyPem),
          cert: more.length === 0 ? first.certPem : pairs.map(({ certPem }) => certPem),
        }),
    // Node.js would otherwise trust, and name to clients, every public authority.
    ...(verification ? { ca: [...trust.authorities] } : {}),
    ...(verification && trust.revoked.length > 0 ? { crl: [...trust.revoked] } : {}),
    minVersion: draft.minVersion,
    maxVersion: draft.maxVersion,
    ciphers: `${level}${draft.ciphersuites}:${ciphers}`,
    ecdhCurve: draft.curves,
    honorCipherOrder: false,
    secureOptions: draft.secureOptions | renegotiation | resumption,
    sessionTimeout: draft.sessionTimeoutSeconds,
    // At a client OpenSSL would refuse a pre-shared key for it, as a session of another context.
    ...(draft.client ? {} : { sessionIdContext: sessionsOf(name) }),
    ...(ticketKeys === undefined || draft.client ? {} : { ticketKeys }),
  };
}

export function isVersionRange({ minVersion, maxVersion }: ServiceDraft): boolean {
  return (
    TLS_VERSIONS.findIndex((version) => version === minVersion) <=
    TLS_VERSIONS.findIndex((version) => version === maxVersion)
  );
}

/**
 * OpenSSL resumes a session only where this text (at most 32 bytes) is the one it was made with: the same wherever a service of this
 * name runs, and another for each service, also when they share their secrets. The runtime's own is the command line.
 */
function sessionsOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}

/** 48 bytes (name, HMAC key, AES key) from the two secrets: the same for the same secrets, whatever their length. */
function ticketKeysOf(
  { ticketKeySecret: key, ticketMacSecret: mac }: ServiceDraft,
  problems: Problems,
): Buffer | undefined {
  if (key === undefined && mac === undefined) return undefined;
  if (key === undefined || mac === undefined) {
    const alone = key ?? mac;
    if (alone !== undefined)
      problems.error(alone.at, "'ticketKeySecret' and 'ticketMacSecret' are only of use together");
    return undefined;
  }
  return Buffer.from(hkdfSync('sha256', Buffer.concat([key.bytes, mac.bytes]), '', 'headgate session tickets', 48));
}
