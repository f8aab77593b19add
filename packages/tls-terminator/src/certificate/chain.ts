import type { X509Certificate } from 'node:crypto';
import { describeCertificate, isSelfSigned } from './describe.ts';
import type { Finding } from './finding.ts';
import type { PemBlock } from './pem.ts';

/** A certificate and where it was written. */
export interface Placed {
  readonly certificate: X509Certificate;
  readonly block: PemBlock;
}

/**
 * The leaf and its issuers, each issued by the next (RFC 8446 §4.4.2), out of certificates in any order.
 * What is left over, doubled, in another order or better not sent is a finding.
 */
export function chainOf(file: string, leaf: Placed, all: readonly Placed[], findings: Finding[]): readonly Placed[] {
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
    let issuer = issuerOf(leaf.certificate, unused);
    issuer !== undefined;
    issuer = issuerOf(issuer.certificate, unused)
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
      `${describeCertificate(outOfPlace.certificate)} stands before the certificate it issued; the blocks are sent in the order ${order}. Other programs fail here: put the leaf first`,
    );
  }
  const root = chain.at(-1);
  if (root !== undefined && root !== leaf && isSelfSigned(root.certificate)) {
    warn(
      root,
      `${describeCertificate(root.certificate)} is a root: clients have it already or do not trust it, so leave it out`,
    );
  }
  return chain;
}

function issuerOf(certificate: X509Certificate, candidates: ReadonlySet<Placed>): Placed | undefined {
  if (isSelfSigned(certificate)) return undefined;
  for (const candidate of candidates) {
    if (certificate.checkIssued(candidate.certificate) && certificate.verify(candidate.certificate.publicKey))
      return candidate;
  }
  return undefined;
}
