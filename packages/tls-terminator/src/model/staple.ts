import type { X509Certificate } from 'node:crypto';

/** Where the revocation status of one of our certificates comes from (RFC 6066 §8). At least one of the last two. */
export interface StapleSource {
  /** For the log. */
  readonly file: string;
  readonly certificate: X509Certificate;
  readonly issuer: X509Certificate;
  /** From `FILE.ocsp`: verified, and of this certificate. */
  readonly response: StapledResponse | undefined;
  /** The responder that is asked (`ocspUpdate`): an http URL. */
  readonly responder: string | undefined;
}

/** A response that says "good". Times are milliseconds since 1970. */
export interface StapledResponse {
  readonly bytes: Buffer;
  readonly from: number;
  /** It is not sent after this. */
  readonly until: number;
}
