import { authorityError, certificateError } from '../certificate-errors.ts';
import { numberFetch, truthFetch } from '../row.ts';
import type { Fetch } from '../row.ts';
import { certificateFetches } from './certificate.ts';
import { bytesOf } from '../value.ts';

const reads = ['connection'] as const;

/**
 * Fetches of the client's certificate (HAProxy manual §7.3.4), which the terminator passes on in the PROXY header (types 0x22 and 0x28 in
 * the TLV for TLS). HAProxy 2.6 as the sender passes the common name alone.
 */
export const clientCertificate: Readonly<Record<string, Fetch>> = {
  ssl_c_used: truthFetch(
    {
      reads,
      doc: 'True when the client presented a certificate, on this connection or when the session it resumed began.',
      example: 'ssl_c_used',
    },
    (on) => on.connection.tls?.certificateUsed === true,
  ),
  ssl_c_verify: numberFetch(
    {
      reads,
      doc: "OpenSSL's verification error (X509_V_ERR) of the client's certificate; 0 when it is good, or there is none.",
      example: 'ssl_c_verify',
    },
    (on) => (on.connection.tls === undefined ? undefined : (on.connection.tls.verify ?? 0)),
  ),
  ssl_c_err: numberFetch(
    {
      reads,
      doc: "The verification error of the client's own certificate, as ssl_c_verify; 0 where it is one of the authorities above it.",
      example: 'ssl_c_err',
    },
    ({ connection: { tls } }) => (tls === undefined ? undefined : certificateError(tls)),
  ),
  ssl_c_ca_err: numberFetch(
    {
      reads,
      doc: "The verification error of an authority in the client's chain, as ssl_c_verify: of those that only authorities have (2, 19, 22, 24 and 25).",
      example: 'ssl_c_ca_err',
    },
    ({ connection: { tls } }) => (tls === undefined ? undefined : authorityError(tls)),
  ),
  ssl_c_ca_err_depth: numberFetch(
    {
      reads,
      doc: "1 where ssl_c_ca_err has an error, as of the certificate above the client's, else 0: which authority it is of is not known.",
      example: 'ssl_c_ca_err_depth',
    },
    ({ connection: { tls } }) => (tls === undefined ? undefined : Math.sign(authorityError(tls))),
  ),
  ...certificateFetches({
    prefix: 'ssl_c_',
    what: "the client's certificate",
    reads,
    bytes: ({ connection: { tls } }) => tls?.clientCertificate,
    // A sender that passes the common name alone.
    commonName: ({ connection: { tls } }) => (tls?.clientName ? bytesOf(tls.clientName) : undefined),
  }),
};
