import { decodeV1 } from './decode-v1.ts';
import { decodeV2 } from './decode-v2.ts';
import type { Decoded } from './header.ts';
import { signature } from './signature.ts';

export type { Decoded } from './header.ts';

/**
 * Reads the PROXY protocol header at the start of `bytes`, everything received so far on a connection.
 * A header may arrive in pieces (`need-more`: call again with more bytes); what cannot become a header
 * is `invalid` at the first wrong byte. Whether a header is expected is configured, never guessed
 * from the bytes (spec §4).
 */
export function decodeProxyHeader(bytes: Buffer): Decoded {
  if (bytes.length === 0) return { kind: 'need-more' };
  return bytes[0] === signature[0] ? decodeV2(bytes) : decodeV1(bytes);
}
