import type { LinkError } from '@headgate/shared/net/link';
import { HANDSHAKE_FAILED } from '@headgate/shared/net/secure-client';
import { isVerifyError } from '@headgate/shared/x509/verify-errors';
import type { HandshakeRefusal, ServerEnds, ServerRefusal } from '../model/evaluation.ts';
import type { ServerTls } from '../model/server.ts';
import { isHandshakeError, isWrongName, reasonOf } from './reason.ts';

/** HAProxy's numbers of errors of connections (CO_ER_SSL_…), and its words for them. */
const FAILED = { number: 34, words: 'SSL handshake failure' };
const OTHER_THAN_CONFIGURED = {
  number: 32,
  words: 'Server presented an SSL certificate different from the configured one',
};
const OTHER_THAN_EXPECTED = {
  number: 33,
  words: 'Server presented an SSL certificate different from the expected one',
};
/** SSL_R_CERTIFICATE_VERIFY_FAILED: Node.js judges certificates after OpenSSL's handshake. */
const NOT_VERIFIED = { openssl: 0x0a00_0086, reason: 'certificate verify failed' };

/** Why there was no connection in time. */
export const NO_CONNECTION = 'no answer within timeout connect';

/** What is recorded of a request or a connection, and its server. */
interface Recorded {
  readonly server: { readonly config: { readonly tls: ServerTls | undefined } } | undefined;
  serverEnds: ServerEnds | undefined;
  serverRefusal: ServerRefusal | undefined;
}

/** Notes what rules and log lines may know of a server that could not be connected to, and returns why it could not, in words. */
export function noteRefusal(record: Recorded, why: unknown): string {
  const error: LinkError | undefined = why instanceof Error ? why : undefined;
  const tls = record.server?.config.tls;
  record.serverEnds = undefined;
  record.serverRefusal = {
    tls: tls !== undefined,
    handshake:
      tls === undefined || error === undefined || !isHandshakeError(error) ? undefined : handshakeOf(error, tls),
  };
  return typeof why === 'string' ? why : reasonOf(error);
}

function handshakeOf(error: LinkError, { sni }: ServerTls): HandshakeRefusal {
  if (isWrongName(error))
    return { ...(sni === undefined ? OTHER_THAN_CONFIGURED : OTHER_THAN_EXPECTED), ...NOT_VERIFIED };
  if (isVerifyError(error.code ?? '')) return { ...FAILED, ...NOT_VERIFIED };
  return { ...FAILED, openssl: error.openssl ?? 0, reason: error.message.slice(HANDSHAKE_FAILED.length) };
}
