import type { Position } from '@headgate/shared/config/raw';
import type { Findings } from '@headgate/shared/doctor/finding';
import type { Handshake } from '@headgate/shared/doctor/talk';
import type { CertificateFacts } from '../../model/snapshot.ts';

const DAY = 86_400_000;
/** Certificates are renewed at two thirds of their life: of 90 days, 30 are left. */
const SOON = 14;

/** What a client sees of a service. */
export interface Served extends Pick<Handshake, 'certificate' | 'untrusted' | 'mismatch'> {
  /** The name that was asked for. */
  readonly name: string | undefined;
  readonly version: string;
}

/** The certificate in the file: its days. */
export function examineCertificate(subject: string, facts: CertificateFacts, at: Position, findings: Findings): void {
  const { file, notBefore, notAfter, names } = facts;
  const days = Math.floor((notAfter.getTime() - Date.now()) / DAY);
  const what = `the certificate in ${file} (${names.join(', ') || facts.subject})`;
  if (notBefore.getTime() > Date.now())
    findings.add(
      'error',
      subject,
      `${what} is valid from ${notBefore.toISOString()}`,
      'look at the clock of this machine',
      at,
    );
  else if (days < 0)
    findings.add(
      'error',
      subject,
      `${what} expired ${-days} days ago`,
      'renew it: certbot renew, or acme in this file',
      at,
    );
  else if (days < SOON)
    findings.add(
      'warning',
      subject,
      `${what} expires in ${days} days`,
      'look why it was not renewed: certbot renew --dry-run',
      at,
    );
  else findings.ok(subject, `${what} is valid for ${days} days`, at);
}

/** The certificate that is served: the one of the file, for the name, and trusted. */
export function examineServed(
  subject: string,
  { certificate: served, untrusted, mismatch, name, version }: Served,
  facts: CertificateFacts | undefined,
  at: Position,
  findings: Findings,
): void {
  if (served === undefined || facts === undefined) return;
  if (
    served.fingerprint256 !== undefined &&
    plain(served.fingerprint256) !== plain(facts.fingerprint256) &&
    name === undefined
  )
    findings.add(
      'warning',
      subject,
      `serves another certificate than ${facts.file} holds`,
      'reload the terminator, or look which program has the port: ss -ltnp',
      at,
    );
  if (mismatch !== undefined)
    findings.add(
      'error',
      subject,
      `its certificate is not for ${name}`,
      'browsers refuse it: use a certificate with that name',
      at,
    );
  if (untrusted === undefined) findings.ok(subject, `${version}, a certificate that this machine trusts`, at);
  else
    findings.add(
      'warning',
      subject,
      `its certificate is not trusted here: ${untrusted}`,
      untrusted.includes('LEAF_SIGNATURE')
        ? 'put the intermediate certificate into the file, after the certificate'
        : 'for visitors use one of a public authority; a development certificate is fine for yourself',
      at,
    );
}

function plain(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}
