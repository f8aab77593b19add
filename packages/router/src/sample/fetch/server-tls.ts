import type { Evaluation, HandshakeRefusal, ServerRefusal } from '../../model/evaluation.ts';
import { numberFetch, textFetch, truthFetch } from '../row.ts';
import type { Fetch } from '../row.ts';
import { certificateFetches } from './certificate.ts';
import { SUCCESS } from './connection.ts';
import { keySize } from './tls.ts';

const reads = ['server-tls'] as const;

/** The server that was tried last, where none was connected to. */
function refused({ serverEnds, serverRefusal }: Evaluation): ServerRefusal | undefined {
  return serverEnds === undefined ? serverRefusal : undefined;
}

/** Fetches of the connection to the server (HAProxy manual §7.3.3). */
export const serverConnection: Readonly<Record<string, Fetch>> = {
  bc_dst: textFetch(
    'addr',
    {
      reads,
      doc: 'The address of the server on the connection to it; like the three below, in log lines only while that connection is open.',
      example: 'bc_dst',
    },
    (on) => on.serverEnds?.peer.address || undefined,
  ),
  bc_dst_port: numberFetch(
    { reads, doc: 'The port of the server on the connection to it.', example: 'bc_dst_port' },
    (on) => on.serverEnds?.peer.port || undefined,
  ),
  bc_src: textFetch(
    'addr',
    { reads, doc: 'Our address on the connection to the server.', example: 'bc_src' },
    (on) => on.serverEnds?.local.address || undefined,
  ),
  bc_src_port: numberFetch(
    { reads, doc: 'Our port on the connection to the server.', example: 'bc_src_port' },
    (on) => on.serverEnds?.local.port || undefined,
  ),
  bc_err: numberFetch(
    {
      reads,
      doc: '0 for a connection to the server; where its handshake failed 34, or 32 (`verifyhost`) and 33 (`sni`) where the certificate is for another name; no value where there was no connection.',
      example: 'bc_err',
    },
    (on) => (on.serverEnds === undefined ? refused(on)?.handshake?.number : 0),
  ),
  bc_err_str: textFetch('str', { reads, doc: 'The same in words: Success.', example: 'bc_err_str' }, (on) =>
    on.serverEnds === undefined ? refused(on)?.handshake?.words : SUCCESS,
  ),
  bc_http_major: numberFetch({ reads, doc: '1: servers are spoken to in HTTP/1.', example: 'bc_http_major' }, (on) =>
    on.serverEnds === undefined ? undefined : 1,
  ),
};

function opensslWords(handshake: HandshakeRefusal | undefined): string | undefined {
  if (handshake === undefined || handshake.openssl === 0) return undefined;
  const number = handshake.openssl.toString(16).toUpperCase().padStart(8, '0');
  return `error:${number}:SSL routines::${handshake.reason}`;
}

/** Fetches of the TLS connection to the server (HAProxy manual §7.3.4). */
export const serverTls: Readonly<Record<string, Fetch>> = {
  ssl_bc: truthFetch(
    { reads, doc: 'True when the server is spoken to over TLS.', example: 'ssl_bc' },
    (on) => on.serverEnds?.secure !== undefined || refused(on)?.tls === true,
  ),
  ...certificateFetches({
    prefix: 'ssl_s_',
    what: "the server's certificate",
    reads,
    bytes: (on) => on.serverEnds?.secure?.certificate,
  }),
  ssl_bc_err: numberFetch(
    {
      reads,
      doc: "0 for a TLS connection to the server, OpenSSL's number where its handshake failed; 0 as well where the server ended the connection without a word.",
      example: 'ssl_bc_err,hex',
    },
    (on) => (on.serverEnds?.secure === undefined ? refused(on)?.handshake?.openssl : 0),
  ),
  ssl_bc_err_str: textFetch(
    'str',
    {
      reads,
      doc: 'The same in the words of OpenSSL: error:0A00010B:SSL routines::wrong version number. No value for 0.',
      example: 'ssl_bc_err_str',
    },
    (on) => opensslWords(refused(on)?.handshake),
  ),
  ssl_bc_npn: textFetch(
    'str',
    { reads, doc: 'No value: NPN was replaced by ALPN (ssl_bc_alpn).', example: 'ssl_bc_npn' },
    () => undefined,
  ),
  ssl_bc_protocol: textFetch(
    'str',
    { reads, doc: 'The version of TLS spoken to the server: TLSv1.3.', example: 'ssl_bc_protocol' },
    (on) => on.serverEnds?.secure?.facts?.version,
  ),
  ssl_bc_cipher: textFetch(
    'str',
    { reads, doc: 'The cipher suite agreed with the server.', example: 'ssl_bc_cipher' },
    (on) => on.serverEnds?.secure?.facts?.cipher,
  ),
  ssl_bc_alpn: textFetch(
    'str',
    { reads, doc: 'The protocol that ALPN negotiated with the server.', example: 'ssl_bc_alpn' },
    (on) => on.serverEnds?.secure?.facts?.alpn || undefined,
  ),
  ssl_bc_is_resumed: truthFetch(
    { reads, doc: 'True when the connection to the server resumed an earlier session.', example: 'ssl_bc_is_resumed' },
    (on) => on.serverEnds?.secure?.facts?.resumed === true,
  ),
  ssl_bc_session_id: textFetch(
    'bin',
    { reads, doc: 'The id of the TLS session with the server.', example: 'ssl_bc_session_id,hex' },
    (on) => on.serverEnds?.secure?.facts?.secrets?.().sessionId?.toString('latin1') || undefined,
  ),
  ssl_bc_session_key: textFetch(
    'bin',
    {
      reads,
      doc: 'The master key of the TLS session with the server, which decrypts a recording of it: for debugging only.',
      example: 'ssl_bc_session_key,hex',
    },
    (on) => on.serverEnds?.secure?.facts?.secrets?.().sessionKey?.toString('latin1') || undefined,
  ),
  ssl_bc_unique_id: textFetch(
    'bin',
    {
      reads,
      doc: 'The unique id of the TLS connection to the server (RFC 5929, tls-unique).',
      example: 'ssl_bc_unique_id,base64',
    },
    (on) => on.serverEnds?.secure?.facts?.secrets?.().uniqueId?.toString('latin1') || undefined,
  ),
  ssl_bc_alg_keysize: numberFetch(
    { reads, doc: "Bits of the symmetric key that the server's cipher suite supports.", example: 'ssl_bc_alg_keysize' },
    (on) => keySize(on.serverEnds?.secure?.facts?.cipher),
  ),
  ssl_bc_use_keysize: numberFetch(
    { reads, doc: 'Bits of the symmetric key in use towards the server.', example: 'ssl_bc_use_keysize' },
    (on) => keySize(on.serverEnds?.secure?.facts?.cipher),
  ),
};
