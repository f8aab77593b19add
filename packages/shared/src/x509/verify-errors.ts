/**
 * OpenSSL's verification errors (X509_V_ERR_…, x509_vfy.h): the names that Node.js reports them by, their numbers, which HAProxy's
 * `ssl_c_verify` and the PROXY protocol carry, and what an operator should read.
 */
const errors = [
  [
    1,
    'UNSPECIFIED',
    'for a reason that Node.js does not name, such as an authority that may not sign revocation lists (keyUsage lacks cRLSign)',
  ],
  [2, 'UNABLE_TO_GET_ISSUER_CERT', 'the authority that issued it is not among the trusted ones'],
  [3, 'UNABLE_TO_GET_CRL', 'there is no revocation list of its authority in CRLfile'],
  [4, 'UNABLE_TO_DECRYPT_CERT_SIGNATURE', 'its signature cannot be read'],
  [5, 'UNABLE_TO_DECRYPT_CRL_SIGNATURE', 'the signature of the revocation list cannot be read'],
  [6, 'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY', "its authority's key cannot be read"],
  [7, 'CERT_SIGNATURE_FAILURE', 'its signature is wrong'],
  [8, 'CRL_SIGNATURE_FAILURE', 'the signature of the revocation list is wrong'],
  [9, 'CERT_NOT_YET_VALID', 'it is not valid yet'],
  [10, 'CERT_HAS_EXPIRED', 'it has expired'],
  [11, 'CRL_NOT_YET_VALID', 'the revocation list is not valid yet'],
  [12, 'CRL_HAS_EXPIRED', 'the revocation list is out of date'],
  [18, 'DEPTH_ZERO_SELF_SIGNED_CERT', 'it is self-signed and not among the trusted ones'],
  [19, 'SELF_SIGNED_CERT_IN_CHAIN', 'its root is not among the trusted ones'],
  [20, 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'the authority that issued it is not among the trusted ones'],
  [21, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'the authority that issued it is not among the trusted ones'],
  [22, 'CERT_CHAIN_TOO_LONG', 'its chain is too long'],
  [23, 'CERT_REVOKED', 'it was revoked'],
  [24, 'INVALID_CA', 'a certificate above it is not that of an authority'],
  [25, 'PATH_LENGTH_EXCEEDED', 'its chain is longer than its authority allows'],
  [26, 'INVALID_PURPOSE', 'it is for another purpose (extendedKeyUsage)'],
  [27, 'CERT_UNTRUSTED', 'its root is not trusted for this purpose'],
  [28, 'CERT_REJECTED', 'its root rejects this purpose'],
  [33, 'UNABLE_TO_GET_CRL_ISSUER', 'the issuer of the revocation list is unknown'],
  [34, 'UNHANDLED_CRITICAL_EXTENSION', 'it has a critical extension that is not known'],
  [47, 'PERMITTED_VIOLATION', 'its authority may not issue for this name'],
  [48, 'EXCLUDED_VIOLATION', 'its authority may not issue for this name'],
  [50, 'APPLICATION_VERIFICATION', 'it is not one that is accepted here'],
  [62, 'HOSTNAME_MISMATCH', 'it is for other names'],
  [63, 'EMAIL_MISMATCH', 'it is for other addresses'],
  [64, 'IP_ADDRESS_MISMATCH', 'it is for other addresses'],
  [66, 'EE_KEY_TOO_SMALL', 'its key is too small'],
  [67, 'CA_KEY_TOO_SMALL', "its authority's key is too small"],
  [68, 'CA_MD_TOO_WEAK', 'its chain is signed with a weak hash'],
] as const satisfies readonly (readonly [number, string, string])[];

/** What Node.js calls no certificate at all. */
const byName = new Map<string, (typeof errors)[number]>(errors.map((error) => [error[1], error]));

/** The number of an error that Node.js reports by name; 1 (unspecified) for one that is not known. */
export function verifyNumber(code: string): number {
  return byName.get(code)?.[0] ?? 1;
}

/** Whether a code is one of these errors. */
export function isVerifyError(code: string): boolean {
  return byName.has(code);
}

/** What is wrong with a certificate, as the end of a sentence. */
export function verifyWords(code: string): string {
  return byName.get(code)?.[2] ?? `it was not verified (${code})`;
}

/** The highest number that HAProxy takes for one. */
const LAST = 94;

/** A number or an X509_V_ERR name, as `crt-ignore-err` has it. */
export function verifyErrorNumber(text: string): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text) >= 1 && Number(text) <= LAST ? Number(text) : undefined;
  return byName.get(text.replace(/^X509_V_ERR_/, ''))?.[0];
}
