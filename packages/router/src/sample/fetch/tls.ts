import { required, oneOf } from '../arguments.ts';
import { numberFetch, single, textFetch, truthFetch } from '../row.ts';
import type { Fetch } from '../row.ts';
import { authority } from './connection.ts';

const reads = ['connection'] as const;

/**
 * Fetches of the client's TLS connection (HAProxy manual §7.3.4). TLS is terminated in front of the router, so all of it comes from the
 * PROXY v2 header.
 */
export const tls: Readonly<Record<string, Fetch>> = {
  ssl_fc: truthFetch(
    { reads, doc: 'True when the client used TLS, according to the PROXY header.', example: 'ssl_fc' },
    (on) => on.connection.tls !== undefined,
  ),
  fc_via_tls: truthFetch(
    { reads, doc: 'The same; a Headgate extension.', example: 'fc_via_tls' },
    (on) => on.connection.tls !== undefined,
  ),
  ssl_fc_sni: textFetch(
    'str',
    { reads, doc: 'The server name the client requested (SNI).', example: 'ssl_fc_sni,lower' },
    (on) => (on.connection.tls === undefined ? undefined : authority(on)),
  ),
  ssl_fc_has_sni: truthFetch(
    { reads, doc: 'True when the client requested a server name.', example: 'ssl_fc_has_sni' },
    (on) => on.connection.tls !== undefined && authority(on) !== undefined,
  ),
  ssl_fc_alpn: textFetch(
    'str',
    { reads, doc: 'The protocol that ALPN negotiated.', example: 'ssl_fc_alpn' },
    (on) => on.connection.tls?.alpn || undefined,
  ),
  ssl_fc_protocol: textFetch(
    'str',
    { reads, doc: 'The version of TLS: TLSv1.3.', example: 'ssl_fc_protocol' },
    (on) => on.connection.tls?.version || undefined,
  ),
  ssl_fc_cipher: textFetch(
    'str',
    { reads, doc: 'The cipher suite: TLS_AES_256_GCM_SHA384.', example: 'ssl_fc_cipher' },
    (on) => on.connection.tls?.cipher || undefined,
  ),
  ssl_fc_has_crt: truthFetch(
    { reads, doc: 'True when the client presented a certificate that was verified.', example: 'ssl_fc_has_crt' },
    (on) => (on.connection.tls?.clientName ?? '') !== '',
  ),
  ssl_c_used: truthFetch(
    { reads, doc: 'True when the client presented a certificate that was verified.', example: 'ssl_c_used' },
    (on) => (on.connection.tls?.clientName ?? '') !== '',
  ),
  ssl_c_verify: numberFetch(
    {
      reads,
      doc: 'Always 0: the terminator ends the handshake when a certificate fails verification.',
      example: 'ssl_c_verify',
    },
    (on) => (on.connection.tls === undefined ? undefined : 0),
  ),
  ssl_c_s_dn: {
    type: 'str',
    args: [required('CN', oneOf('CN', 'cn'))],
    reads,
    doc: "The common name of the client's certificate; the PROXY header carries nothing else of it.",
    example: 'ssl_c_s_dn(CN)',
    compile: () => single('text', (on) => on.connection.tls?.clientName || undefined),
  },
};
