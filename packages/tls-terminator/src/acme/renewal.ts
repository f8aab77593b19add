/** When a certificate is renewed, and when an attempt that failed is repeated. Pure: the time and chance come in as arguments. */
import type { X509Certificate } from 'node:crypto';
import { certificateParts } from '@headgate/shared/x509/certificate';
import { derTag, oidText, readDer, readDerList } from '@headgate/shared/x509/der';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Jitter of a renewal, as a share of the lifetime: a thousand certificates of one day are not renewed in one minute. */
const JITTER = 0.02;
/** What an authority suggests is not followed beyond this share of the lifetime: it may be wrong. */
const LATEST = 0.95;

/** As Let's Encrypt recommends: a minute, ten, a hundred, then once a day. */
const BACKOFF = [MINUTE, 10 * MINUTE, 100 * MINUTE, DAY] as const;
/** Of a refused request that cannot succeed before somebody changes something. */
const HOPELESS_WAIT = DAY;
/** An authority that asks for more is asked again after a week. */
const LONGEST_WAIT = 7 * DAY;

interface Lifetime {
  readonly from: number;
  readonly until: number;
}

export function lifetimeOf({ validFromDate, validToDate }: X509Certificate): Lifetime {
  return { from: validFromDate.getTime(), until: validToDate.getTime() };
}

/** When to renew: after `share` of the lifetime, a little earlier by chance (0 to 1). */
export function renewalTime({ from, until }: Lifetime, share: number, chance: number): number {
  return from + (until - from) * (share - JITTER * chance);
}

/** A time in the window that the authority suggests (RFC 9773 §4.2), but never as late as the end of the certificate. */
export function suggestedTime(
  { from, until }: Lifetime,
  [start, end]: readonly [number, number],
  chance: number,
): number {
  return Math.min(start + Math.max(0, end - start) * chance, from + (until - from) * LATEST);
}

/** Milliseconds until the next attempt, after so many failures in a row. */
export function backOff(
  failures: number,
  {
    hopeless,
    retryAfter = 0,
    chance,
  }: { readonly hopeless: boolean; readonly retryAfter?: number | undefined; readonly chance: number },
): number {
  const usual = hopeless ? HOPELESS_WAIT : (BACKOFF[Math.min(failures, BACKOFF.length) - 1] ?? MINUTE);
  return Math.min(Math.max(usual, retryAfter), LONGEST_WAIT) * (1 + 0.1 * chance);
}

/** What a certificate is called in ARI: the identifier of its issuer's key and its serial number (RFC 9773 §4.1). Undefined: it has no such identifier. */
export function renewalId(certificate: Buffer): string | undefined {
  const parts = certificateParts(certificate);
  const authority = authorityKeyId(certificate);
  if (parts === undefined || authority === undefined) return undefined;
  return `${authority.toString('base64url')}.${parts.serial.toString('base64url')}`;
}

const AUTHORITY_KEY_ID = '2.5.29.35';

function authorityKeyId(certificate: Buffer): Buffer | undefined {
  try {
    const [tbs] = readDerList(readDer(certificate).value);
    const wrapped = readDerList(tbs?.value ?? Buffer.alloc(0)).find(({ tag }) => tag === 0xa3);
    if (wrapped === undefined) return undefined;
    for (const extension of readDerList(readDer(wrapped.value).value)) {
      const [oid, ...rest] = readDerList(extension.value);
      if (oid === undefined || oidText(oid.value) !== AUTHORITY_KEY_ID) continue;
      const value = rest.find(({ tag }) => tag === derTag.octetString);
      // keyIdentifier is context tag 0.
      return readDerList(readDer(value?.value ?? Buffer.alloc(0)).value).find(({ tag }) => tag === 0x80)?.value;
    }
    return undefined;
  } catch {
    return undefined;
  }
}
