import { readDer, readDerList } from '@headgate/shared/x509/der';
import { ocspRequest } from '../certificate/ocsp.ts';
import type { StapleStatus } from '../service/staples.ts';

/** The name of a response: the DER of the CertID of its certificate (RFC 6960 §4.1.1), in hex, as HAProxy has it. */
export function ocspKey({ certificate, issuer }: Pick<StapleStatus, 'certificate' | 'issuer'>): string {
  return certId(certificate, issuer).toString('hex');
}

/** OCSPRequest → TBSRequest → requestList → Request → CertID. */
export function certId(certificate: StapleStatus['certificate'], issuer: StapleStatus['issuer']): Buffer {
  let element = readDer(ocspRequest(certificate, issuer, false).bytes);
  for (let depth = 0; depth < 4; depth += 1) element = readDer(element.value);
  return element.raw;
}

/** Issuer name hash, issuer key hash and serial number, in hex. */
export function certIdFields(id: Buffer): readonly [string, string, string] {
  const [, name, key, serial] = readDerList(readDer(id).value).map(({ value }) => value.toString('hex').toUpperCase());
  return [name ?? '', key ?? '', serial ?? ''];
}
