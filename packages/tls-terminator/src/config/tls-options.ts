import { constants, createHash, hkdfSync } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import type { Problems } from '@headgate/shared/config/problem';
import type { Bundle } from '../certificate/bundle.ts';
import type { ServiceDraft } from './draft.ts';
import { TLS_VERSIONS } from './tls-versions.ts';

/** What tls.createSecureContext gets. Mozilla's guideline 6.0 leaves the choice of cipher to the client. */
export function tlsOptions(
  name: string,
  draft: ServiceDraft,
  bundle: Bundle,
  problems: Problems,
): SecureContextOptions {
  const level = draft.securityLevel === undefined ? '' : `@SECLEVEL=${draft.securityLevel}:`;
  const renegotiation = draft.renegotiation ? 0 : constants.SSL_OP_NO_RENEGOTIATION;
  const resumption = draft.sessionResume ? 0 : constants.SSL_OP_NO_TICKET;
  const ticketKeys = ticketKeysOf(draft, problems);
  return {
    key: bundle.keyPem,
    cert: bundle.certPem,
    minVersion: draft.minVersion,
    maxVersion: draft.maxVersion,
    ciphers: `${level}${draft.ciphersuites}:${draft.ciphers}`,
    ecdhCurve: draft.curves,
    honorCipherOrder: false,
    secureOptions: draft.secureOptions | renegotiation | resumption,
    sessionTimeout: draft.sessionTimeoutSeconds,
    sessionIdContext: sessionsOf(name),
    ...(ticketKeys === undefined ? {} : { ticketKeys }),
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
