import type { Endpoint } from '../net/endpoint.ts';

/** One type-length-value of a version 2 header (spec §2.2); `value` is a view of the bytes it was read from. */
export interface Tlv {
  readonly type: number;
  readonly value: Buffer;
}

/**
 * A PROXY protocol header (haproxy.org/download/3.0/doc/proxy-protocol.txt), version 1 or 2.
 * `LOCAL` (`UNKNOWN` in version 1), and a family without address and port, leave both
 * endpoints undefined: the addresses of the connection itself are to be used.
 */
export interface ProxyHeader {
  readonly version: 1 | 2;
  readonly command: 'LOCAL' | 'PROXY';
  readonly source: Endpoint | undefined;
  readonly destination: Endpoint | undefined;
  /** Empty for version 1 and for LOCAL. */
  readonly tlvs: readonly Tlv[];
}

/** The first bytes of a connection: a complete header and its length, the start of one, or anything else. */
export type Decoded =
  | { readonly kind: 'need-more' }
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'header'; readonly header: ProxyHeader; readonly length: number };

/** Why bytes that do not begin like a header are invalid. */
export const NO_HEADER = 'not a PROXY protocol header';
