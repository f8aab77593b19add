import type { KeyObject, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { signatureNames } from '@headgate/shared/x509/signature-names';

const CURVES: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };
/** Key sizes of the curves, as HAProxy counts them. */
const CURVE_BITS: Readonly<Record<string, number>> = {
  prime256v1: 256,
  secp384r1: 384,
  secp521r1: 521,
  secp256k1: 256,
};

/** `RSA 2048`, `EC P-256`, `ED25519`: for display. */
export function describeKey(key: KeyObject): string {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined) return `RSA ${modulusLength}`;
  if (namedCurve !== undefined) return `EC ${CURVES[namedCurve] ?? namedCurve}`;
  return (key.asymmetricKeyType ?? 'unknown').toUpperCase();
}

/** `RSA2048`, `EC256`, `ED25519`: HAProxy's spelling in PROXY TLV 0x25. */
export function keyAlgorithm(key: KeyObject): string {
  const { namedCurve } = key.asymmetricKeyDetails ?? {};
  if (namedCurve !== undefined) return `EC${CURVE_BITS[namedCurve] ?? ''}`;
  return describeKey(key).replace(' ', '');
}

export function signatureAlgorithm(certificate: X509Certificate): string {
  return (
    signatureNames[certificate.signatureAlgorithmOid] ??
    certificate.signatureAlgorithm ??
    certificate.signatureAlgorithmOid
  );
}

/** `CN=dev-coltrane`, or the names of a certificate without a subject (what public authorities issue today). */
export function describeCertificate(certificate: X509Certificate): string {
  const subject = certificate.subject?.split('\n').join(', ') ?? '';
  return subject === '' ? certificateNames(certificate).join(', ') || 'a certificate without a name' : subject;
}

/** DNS names and addresses it is for, lower case. The common name does not count: browsers ignore it. */
export function certificateNames(certificate: X509Certificate): readonly string[] {
  return (certificate.subjectAltName ?? '')
    .split(', ')
    .flatMap((part) => /^(?:DNS|IP Address):(.+)$/.exec(part)?.[1] ?? [])
    .map((name) => name.toLowerCase());
}

/** Those of `names`, in lower case, that a certificate does not list: a wildcard is listed as itself, an address in any form. */
export function namesMissing(certificate: X509Certificate, names: readonly string[]): readonly string[] {
  const listed = new Set(certificateNames(certificate));
  return names.filter((name) => (isIP(name) === 0 ? !listed.has(name) : certificate.checkIP(name) === undefined));
}

export function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.checkIssued(certificate);
}
