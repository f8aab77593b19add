import type { TlsFacts } from '../model/facts.ts';

/** X509_V_ERR codes that only authorities have: issuer not found, self-signed, chain or path too long, not an authority. */
const OF_AUTHORITIES: ReadonlySet<number> = new Set([2, 19, 22, 24, 25]);

/** The verification error of an authority in the client's chain (HAProxy's ssl_c_ca_err); 0 for none. */
export function authorityError({ verify = 0 }: TlsFacts): number {
  return OF_AUTHORITIES.has(verify) ? verify : 0;
}

/** That of the client's own certificate (ssl_c_err). */
export function certificateError({ verify = 0 }: TlsFacts): number {
  return OF_AUTHORITIES.has(verify) ? 0 : verify;
}
