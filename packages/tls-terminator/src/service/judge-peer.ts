import type { X509Certificate } from 'node:crypto';
import type { PeerCertificate } from '@headgate/shared/net/link';
import { pinOf } from '../certificate/trust.ts';
import { verifyNumber, verifyWords } from '@headgate/shared/x509/verify-errors';
import type { Verification } from '../model/snapshot.ts';

export interface Verdict {
  /** Why it is refused, as the end of a sentence; undefined: it is welcome. */
  readonly refused: string | undefined;
  /** What OpenSSL said of the chain, as `ssl_c_verify` has it: 0 is good. */
  readonly verify: number;
}

/** Whether the certificate of the other side is what the configuration demands. Pure. */
export function judgePeer(wanted: Verification, { certificate, error }: PeerCertificate): Verdict {
  if (certificate === undefined) {
    return { refused: wanted.require ? 'it showed no certificate' : undefined, verify: 0 };
  }
  const verify = error === undefined ? 0 : verifyNumber(error);
  const refused = (why: string): Verdict => ({ refused: why, verify });
  if (wanted.chain && error !== undefined && !isIgnored(wanted, verify))
    return refused(`its certificate ${certificateName(certificate)} was refused: ${verifyWords(error)}`);
  if (wanted.pinned?.has(pinOf(certificate)) === false)
    return refused(`its certificate ${certificateName(certificate)} is not one of those in CAfile or CApath`);
  if (wanted.depth !== undefined && issuersOf(certificate) > wanted.depth)
    return refused(`more than ${wanted.depth} authorities are above its certificate ${certificateName(certificate)}`);
  if (!isNamed(wanted, certificate))
    return refused(
      `its certificate ${certificateName(certificate)} is for none of the names that checkHost, checkEmail and checkIP accept`,
    );
  return { refused: undefined, verify };
}

/** Whether the runtime may end the handshake by itself, with the alert that belongs to it, when OpenSSL is not content. */
export function isJudgedByRuntime({ require, chain, ignored, redirect }: Verification): boolean {
  return require && chain && redirect.length === 0 && ignored !== 'all' && ignored.size === 0;
}

function isIgnored({ ignored }: Verification, number: number): boolean {
  return ignored === 'all' || ignored.has(number);
}

function isNamed({ hosts, emails, addresses }: Verification, certificate: X509Certificate): boolean {
  if (hosts.length + emails.length + addresses.length === 0) return true;
  return (
    hosts.some((host) => certificate.checkHost(host) !== undefined) ||
    emails.some((email) => certificate.checkEmail(email) !== undefined) ||
    addresses.some((address) => certificate.checkIP(address) !== undefined)
  );
}

function issuersOf(certificate: X509Certificate): number {
  let count = 0;
  for (let above = certificate.issuerCertificate; above !== undefined; above = above.issuerCertificate) {
    count += 1;
    if (count > 100 || above.checkIssued(above)) break;
  }
  return count;
}

/** `CN=alice`, fit for a log line: strangers choose what is in it. */
export function certificateName({ subject }: X509Certificate): string {
  const text = (subject ?? '').split('\n').join(', ');
  return `'${text.slice(0, 200).replaceAll(/\p{Cc}/gu, '?')}'`;
}
