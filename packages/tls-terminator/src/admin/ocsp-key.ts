import { readDer, readDerList } from '@headgate/shared/x509/der';
import { certId } from '../certificate/ocsp.ts';
import type { StapleStatus } from '../service/staples.ts';

type Named = Pick<StapleStatus, 'certificate' | 'issuer'>;

/** The name of a response: the DER of the CertID of its certificate (RFC 6960 §4.1.1), in hex, as HAProxy has it. */
export function ocspKey({ certificate, issuer }: Named): string {
  return certId(certificate, issuer).toString('hex');
}

/** Issuer name hash, issuer key hash and serial number of that CertID, in hex. */
export function certIdFields({ certificate, issuer }: Named): readonly [string, string, string] {
  const [, ...fields] = readDerList(readDer(certId(certificate, issuer)).value);
  const [name = '', key = '', serial = ''] = fields.map(({ value }) => value.toString('hex').toUpperCase());
  return [name, key, serial];
}
