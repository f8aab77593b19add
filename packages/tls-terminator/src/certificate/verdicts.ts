import type { X509Certificate } from 'node:crypto';
import { certificateNames, describeCertificate, describeKey, signatureAlgorithm } from './describe.ts';

export interface Verdict {
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const DAY = 86_400_000;

/** How clients will judge the leaf: too weak to serve is an error, something they may refuse is a warning. */
export function judgeLeaf(leaf: X509Certificate, now: Date): readonly Verdict[] {
  const verdicts = [...judgeDates(leaf, now)];
  const warn = (message: string): void => {
    verdicts.push({ severity: 'warning', message });
  };
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = leaf.publicKey;
  const bits = details?.modulusLength;
  if (bits !== undefined && bits < 2048) {
    verdicts.push({
      severity: 'error',
      message: `its key is too small: ${describeKey(leaf.publicKey)}, at least RSA 2048 is needed`,
    });
  }
  if (type === 'ed25519' || type === 'ed448')
    warn(`browsers do not accept ${describeKey(leaf.publicKey)} certificates; use EC P-256`);
  if (certificateNames(leaf).length === 0)
    warn('it names no host (no subjectAltName): browsers and Node.js ignore the common name and refuse it');
  // The type says string[]; a certificate without the extension has undefined.
  const purposes: readonly string[] | undefined = leaf.keyUsage;
  if (purposes !== undefined && !purposes.includes(SERVER_AUTH))
    warn('it is not meant for servers (extendedKeyUsage lacks serverAuth)');
  return [...verdicts, ...judgeSignature(leaf)];
}

/**
 * What clients will think of a certificate behind the leaf. `place.spare`: the chain may do without it, `known` when its key is
 * a root that clients trust, `likely` when it is the last of three or more.
 */
export function judgeIntermediate(
  certificate: X509Certificate,
  now: Date,
  spare?: 'known' | 'likely',
): readonly Verdict[] {
  if (spare !== undefined && now > certificate.validToDate) {
    const name = describeCertificate(certificate);
    const expired = `${name} EXPIRED on ${day(certificate.validToDate)}`;
    const message =
      spare === 'known'
        ? `${expired} and is not needed: clients have a root of that name and key and accept the rest. Leave it out`
        : `${expired}: clients that have a root of that name and key (it was cross-signed) accept the rest, so leave it out; others will refuse the chain`;
    return [{ severity: 'warning', message }];
  }
  return [...judgeDates(certificate, now), ...judgeSignature(certificate)];
}

function judgeSignature(certificate: X509Certificate): readonly Verdict[] {
  const algorithm = signatureAlgorithm(certificate);
  if (!/SHA1$|MD5$/.test(algorithm)) return [];
  return [{ severity: 'warning', message: `it is signed with ${algorithm}, which clients no longer trust` }];
}

function judgeDates(certificate: X509Certificate, now: Date): readonly Verdict[] {
  const { validFromDate: from, validToDate: to } = certificate;
  const warning = (message: string): readonly Verdict[] => [{ severity: 'warning', message }];
  if (now > to) return warning(`${describeCertificate(certificate)} EXPIRED on ${day(to)}: clients will refuse it`);
  if (now < from) return warning(`${describeCertificate(certificate)} is NOT YET VALID: it starts on ${day(from)}`);
  const left = to.getTime() - now.getTime();
  if (now.getTime() <= lastThird(from, to)) return [];
  return warning(
    `${describeCertificate(certificate)} expires on ${day(to)}, in ${Math.floor(left / DAY)} days: less than a third of its life is left`,
  );
}

/** When the last third of its life begins, in which it should be renewed. Milliseconds since 1970. */
export function lastThird(from: Date, to: Date): number {
  return to.getTime() - (to.getTime() - from.getTime()) / 3;
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
