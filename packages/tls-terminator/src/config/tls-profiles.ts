import type { ServiceDraft } from './draft.ts';

const SUITES = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256';
const GROUPS = 'X25519MLKEM768:X25519:prime256v1:secp384r1';

/** TLS 1.2 ciphers of Mozilla's intermediate profile. */
export const INTERMEDIATE_CIPHERS =
  'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:' +
  'ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305';

const OLD_CIPHERS =
  `${INTERMEDIATE_CIPHERS}:ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:` +
  'ECDHE-ECDSA-AES256-SHA384:ECDHE-RSA-AES256-SHA384:ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES256-SHA:AES128-GCM-SHA256:' +
  'AES256-GCM-SHA384:AES128-SHA256:AES256-SHA256:AES128-SHA:AES256-SHA';

type Profile = Pick<
  ServiceDraft,
  'minVersion' | 'maxVersion' | 'ciphers' | 'ciphersuites' | 'curves' | 'securityLevel'
>;

/**
 * Mozilla's profiles (guideline 6.0, 2026-04). The guideline dropped `old`: it is that of 5.7 without 3DES, which OpenSSL 3 does not
 * have, and needs security level 0 for SHA-1 in TLS 1.0 and 1.1.
 */
export const PROFILES: Readonly<Record<'modern' | 'intermediate' | 'old', Profile>> = {
  modern: {
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    ciphers: INTERMEDIATE_CIPHERS,
    ciphersuites: SUITES,
    curves: GROUPS,
    securityLevel: undefined,
  },
  intermediate: {
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: INTERMEDIATE_CIPHERS,
    ciphersuites: SUITES,
    curves: GROUPS,
    securityLevel: undefined,
  },
  old: {
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.3',
    ciphers: OLD_CIPHERS,
    ciphersuites: SUITES,
    curves: GROUPS,
    securityLevel: 0,
  },
};
