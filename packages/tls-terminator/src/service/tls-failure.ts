import type { Severity } from '@headgate/shared/log/logger';

export interface TlsFailure {
  readonly severity: Severity;
  /** A clause for operators that follows "TLS handshake failed: ". */
  readonly words: string;
}

const failures: Readonly<Record<string, TlsFailure>> = {
  ECONNRESET: { severity: 'debug', words: 'the client went away (a port scan and a TCP health check look like this)' },
  EPIPE: { severity: 'debug', words: 'the client went away' },
  ERR_SSL_HTTP_REQUEST: { severity: 'info', words: 'plain HTTP was sent to an HTTPS port; it was answered with 400' },
  ERR_SSL_HTTPS_PROXY_REQUEST: {
    severity: 'info',
    words: 'a request for an HTTP proxy was sent to an HTTPS port; it was answered with 400',
  },
  ERR_SSL_WRONG_VERSION_NUMBER: { severity: 'info', words: 'what came is not TLS' },
  ERR_SSL_PACKET_LENGTH_TOO_LONG: { severity: 'info', words: 'what came is not TLS' },
  ERR_SSL_UNSUPPORTED_PROTOCOL: {
    severity: 'info',
    words: 'the client speaks only TLS versions that this service refuses (sslVersionMin)',
  },
  ERR_SSL_NO_SHARED_CIPHER: {
    severity: 'info',
    words: 'the client and this service have no cipher in common (ciphers)',
  },
  ERR_SSL_NO_SUITABLE_KEY_SHARE: {
    severity: 'info',
    words: 'the client and this service have no key exchange group in common (curves)',
  },
  ERR_SSL_NO_SHARED_GROUP: {
    severity: 'info',
    words: 'the client and this service have no key exchange group in common (curves)',
  },
  ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM: {
    severity: 'info',
    words: 'the client cannot verify the kind of key this service has (cert)',
  },
  ERR_SSL_UNEXPECTED_EOF_WHILE_READING: { severity: 'debug', words: 'the client went away in the middle' },
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: {
    severity: 'info',
    words: 'the client showed no certificate, which this service demands (verify)',
  },
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: { severity: 'info', words: 'the client does not trust who signed our certificate' },
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: {
    severity: 'info',
    words: 'the client was asked for a certificate and has none',
  },
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: { severity: 'info', words: 'the client does not accept our certificate' },
  'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN': {
    severity: 'info',
    words: 'the client does not accept our certificate',
  },
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: { severity: 'info', words: 'the client does not accept our certificate' },
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: {
    severity: 'notice',
    words: 'the client says that our certificate has expired',
  },
  ERR_TLS_HANDSHAKE_TIMEOUT: { severity: 'info', words: 'it was not finished within TIMEOUTbusy' },
};

/** Explains why a handshake failed. Any client can cause these, so none is more severe than notice. */
export function explainTlsFailure(error: Error & { readonly code?: string | undefined }): TlsFailure {
  return (
    failures[error.code ?? ''] ?? {
      severity: 'info',
      words: error.code === undefined ? error.message : (reason(error.message) ?? error.code),
    }
  );
}

/** OpenSSL's own reason: the last part of `…:error:0A000126:SSL routines::unexpected eof while reading:…`. */
function reason(message: string): string | undefined {
  return /:SSL routines:[^:]*:([^:]+)/.exec(message)?.[1];
}

/** A handshake that ended before it failed. */
export const goneAway = Object.assign(new Error('the client closed the connection'), { code: 'ECONNRESET' });

/** What precedes a handshake took too long. */
export const tooSlow = Object.assign(new Error('too slow'), { code: 'ERR_TLS_HANDSHAKE_TIMEOUT' });
