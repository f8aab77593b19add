import { numberFetch, textFetch, truthFetch } from '../row.ts';
import type { Fetch } from '../row.ts';
import { clientCertificate } from './client-certificate.ts';
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
  ssl_fc_is_resumed: truthFetch(
    { reads, doc: 'True when the client resumed an earlier TLS session.', example: 'ssl_fc_is_resumed' },
    (on) => on.connection.tls?.resumed === true,
  ),
  ssl_fc_has_early: truthFetch(
    { reads, doc: 'False: early data (0-RTT) is not accepted.', example: 'ssl_fc_has_early' },
    (on) => (on.connection.tls === undefined ? undefined : false),
  ),
  ssl_fc_err: numberFetch(
    { reads, doc: '0: a connection whose handshake failed sends no request.', example: 'ssl_fc_err,hex' },
    (on) => (on.connection.tls === undefined ? undefined : 0),
  ),
  ssl_fc_err_str: textFetch(
    'str',
    { reads, doc: 'No value: a connection whose handshake failed sends no request.', example: 'ssl_fc_err_str' },
    () => undefined,
  ),
  ssl_fc_npn: textFetch(
    'str',
    { reads, doc: 'No value: NPN was replaced by ALPN (ssl_fc_alpn).', example: 'ssl_fc_npn' },
    () => undefined,
  ),
  ssl_fc_group: textFetch(
    'str',
    {
      reads,
      doc: 'The group of the key exchange: X25519MLKEM768. A Headgate extension.',
      example: 'ssl_fc_group',
    },
    (on) => on.connection.tls?.group || undefined,
  ),
  ssl_fc_alg_keysize: numberFetch(
    { reads, doc: 'Bits of the symmetric key that the cipher suite supports.', example: 'ssl_fc_alg_keysize' },
    (on) => keySize(on.connection.tls?.cipher),
  ),
  ssl_fc_use_keysize: numberFetch(
    { reads, doc: 'Bits of the symmetric key in use.', example: 'ssl_fc_use_keysize' },
    (on) => keySize(on.connection.tls?.cipher),
  ),
  ssl_fc_has_crt: truthFetch(
    {
      reads,
      doc: 'True when the client presented a certificate on this connection; not when it resumed a session: see ssl_c_used.',
      example: 'ssl_fc_has_crt',
    },
    (on) => on.connection.tls?.certificateUsed === true && on.connection.tls.resumed !== true,
  ),
  ssl_f_sig_alg: textFetch(
    'str',
    {
      reads,
      doc: "What signed the terminator's certificate: ecdsa-with-SHA256.",
      example: 'ssl_f_sig_alg',
    },
    (on) => on.connection.tls?.signatureAlgorithm || undefined,
  ),
  ssl_f_key_alg: textFetch(
    'str',
    {
      reads,
      doc: "The kind of key in the terminator's certificate: rsaEncryption.",
      example: 'ssl_f_key_alg',
    },
    (on) => keyName(on.connection.tls?.keyAlgorithm ?? ''),
  ),
  ...clientCertificate,
};

/** Of the ciphers there are today: both key sizes are the same since export ciphers are gone. */
export function keySize(cipher = ''): number | undefined {
  if (/CHACHA20|AES_?256|CAMELLIA256|ARIA256/.test(cipher)) return 256;
  if (/AES_?128|CAMELLIA128|ARIA128/.test(cipher)) return 128;
  return undefined;
}

/** The PROXY header has the size of the key too. */
function keyName(algorithm: string): string | undefined {
  if (algorithm.startsWith('RSA')) return 'rsaEncryption';
  return algorithm.startsWith('EC') ? 'id-ecPublicKey' : algorithm || undefined;
}
