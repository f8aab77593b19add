import type { CertificateFacts } from '../model/snapshot.ts';
import type { Bundle } from './bundle.ts';
import { certificateNames, describeCertificate, keyAlgorithm, signatureAlgorithm } from './describe.ts';

export function factsOf({ file, leaf, key }: Bundle): CertificateFacts {
  return {
    file,
    subject: describeCertificate(leaf),
    names: certificateNames(leaf),
    fingerprint256: leaf.fingerprint256,
    notBefore: leaf.validFromDate,
    notAfter: leaf.validToDate,
    keyAlgorithm: keyAlgorithm(key),
    signatureAlgorithm: signatureAlgorithm(leaf),
  };
}
