import type { X509Certificate } from 'node:crypto';
import { describeCertificate, isSelfSigned } from './describe.ts';
import type { Finding } from './finding.ts';
import type { PemBlock } from './pem.ts';
import { DEVELOPMENT_AUTHORITY } from './roots.ts';
import type { Roots } from './roots.ts';

/** A certificate and its position. */
export interface Placed {
  readonly certificate: X509Certificate;
  readonly block: PemBlock;
}

/**
 * The leaf and its issuers, each issued by the next (RFC 8446 §4.4.2), out of certificates in any order.
 * Unused, duplicate, misplaced and unnecessary certificates are findings.
 */
export function chainOf(
  file: string,
  leaf: Placed,
  all: readonly Placed[],
  { roots, now }: { readonly roots: Roots; readonly now: Date },
  findings: Finding[],
): readonly Placed[] {
  const warn = ({ block }: Placed, message: string): void => {
    findings.push({ severity: 'warning', file, block: block.number, line: block.line, message });
  };
  const unused = new Set<Placed>();
  const seen = new Set([leaf.certificate.fingerprint256]);
  for (const other of all) {
    if (other === leaf) continue;
    if (seen.has(other.certificate.fingerprint256))
      warn(other, `${describeCertificate(other.certificate)} is in this file twice; it is sent once`);
    else unused.add(other);
    seen.add(other.certificate.fingerprint256);
  }
  const chain = [leaf];
  for (
    let issuer = issuerOf(leaf.certificate, unused, now);
    issuer !== undefined;
    issuer = issuerOf(issuer.certificate, unused, now)
  ) {
    unused.delete(issuer);
    chain.push(issuer);
  }
  for (const other of unused) {
    warn(
      other,
      `${describeCertificate(other.certificate)} is not part of the chain of ${describeCertificate(leaf.certificate)}; it is not sent`,
    );
  }
  const outOfPlace = chain.find(
    ({ block }, index) => index > 0 && block.number < (chain[index - 1]?.block.number ?? 0),
  );
  if (outOfPlace !== undefined) {
    const order = chain.map(({ block }) => block.number).join(', ');
    warn(
      outOfPlace,
      `${describeCertificate(outOfPlace.certificate)} appears before the certificate it issued; the blocks are sent in the order ${order}. Other programs fail here: put the leaf first`,
    );
  }
  const root = chain.at(-1);
  if (root !== undefined && root !== leaf && isSelfSigned(root.certificate)) {
    warn(
      root,
      `${describeCertificate(root.certificate)} is a root: clients have it already or do not trust it, so leave it out`,
    );
  }
  const last = chain.at(-1);
  if (last !== undefined && lacksIssuer(last.certificate, last === leaf, roots)) {
    const issuer = last.certificate.issuer.split('\n').join(', ');
    warn(
      last,
      `${describeCertificate(last.certificate)} was issued by ${issuer}, which is not in this file: clients that do not have it refuse the chain. Append its certificate; a root of your own that clients trust may stay out`,
    );
  }
  return chain;
}

/**
 * Whether clients will miss an issuer. A leaf alone nearly always has an intermediate between it and a root.
 * Behind an intermediate a root that we do not know may be one of the operator's own, unless it says where its issuer is
 * fetched, as those of public authorities do (RFC 5280 §4.2.2.1): browsers fetch it, and all other clients fail.
 */
function lacksIssuer(certificate: X509Certificate, isLeaf: boolean, roots: Roots): boolean {
  if (isSelfSigned(certificate) || certificate.issuer === `CN=${DEVELOPMENT_AUTHORITY}`) return false;
  if (!isLeaf && !(certificate.infoAccess ?? '').includes('CA Issuers')) return false;
  return roots.issuerOf(certificate) === undefined && !roots.has(certificate);
}

/** Of two certificates with the same key (a cross-signed authority), the one that is still valid. */
function issuerOf(certificate: X509Certificate, candidates: ReadonlySet<Placed>, now: Date): Placed | undefined {
  if (isSelfSigned(certificate)) return undefined;
  const issuers = [...candidates].filter(
    (candidate) =>
      certificate.checkIssued(candidate.certificate) && certificate.verify(candidate.certificate.publicKey),
  );
  return issuers.find((issuer) => issuer.certificate.validToDate >= now) ?? issuers[0];
}
