import type { LinkError } from '@headgate/shared/net/link';
import { HANDSHAKE_FAILED, WRONG_NAME } from '@headgate/shared/net/secure-client';
import { isVerifyError, verifyWords } from '@headgate/shared/x509/verify-errors';

/** What OpenSSL calls the failures that operators meet, and what they mean. */
const HANDSHAKES: Readonly<Record<string, string>> = {
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
  ERR_SSL_WRONG_VERSION_NUMBER: 'what it sent is not TLS: is this its port for TLS?',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'what it sent is not TLS: is this its port for TLS?',
  ERR_SSL_UNEXPECTED_EOF_WHILE_READING: 'it closed the connection in the middle',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it speaks only versions of TLS that ssl-min-ver excludes',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'it does not speak the versions of TLS between ssl-min-ver and ssl-max-ver',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE:
    'it has no cipher or key exchange in common with us, or knows no such name (sni)',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE':
    'it has no cipher or key exchange in common with us, or knows no such name (sni)',
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: 'it knows no such name (sni)',
  ERR_SSL_TLSV1_ALERT_UNRECOGNIZED_NAME: 'it knows no such name (sni)',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it asks for a certificate (crt)',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it does not trust who signed our certificate (crt)',
};

/** The TCP connection was there, and its handshake failed, or the certificate was refused. */
export function isHandshakeError({ code = '', message }: LinkError): boolean {
  return message.startsWith(HANDSHAKE_FAILED) || isVerifyError(code) || code.startsWith('ERR_TLS_');
}

/** The certificate is good, and for another name. */
export function isWrongName({ code }: LinkError): boolean {
  return code === WRONG_NAME;
}

/** Node.js says nothing itself where every address of a name failed. */
function messageOf(error: Error): string {
  if (!(error instanceof AggregateError) || error.message !== '') return error.message;
  return error.errors.map((each) => (each instanceof Error ? each.message : String(each))).join('; ');
}

/** Why a server could not be connected to, for the log. */
export function reasonOf(error: LinkError | undefined): string {
  if (error === undefined) return 'the connection was closed';
  const { code = '' } = error;
  const message = messageOf(error);
  if (isVerifyError(code)) return `its certificate is refused: ${verifyWords(code)}`;
  const words = message.startsWith(HANDSHAKE_FAILED) ? HANDSHAKES[code] : undefined;
  return words === undefined ? message : HANDSHAKE_FAILED + words;
}
