import forge from 'node-forge';
import { toPem } from './pem.ts';

export type Pkcs12Result = { readonly text: string } | { readonly error: string };

/**
 * The keys and certificates of a PKCS#12 file as PEM text. node-forge opens what Node refuses (RC2-40, the form of old
 * Windows exports) and leaves keys it does not know, EC among them, as plain ASN.1, which is all that is needed here.
 */
export function openPkcs12(data: Buffer, passphrase: string | undefined): Pkcs12Result {
  let file: forge.pkcs12.Pkcs12Pfx;
  try {
    file = forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(data.toString('binary')), false, passphrase ?? '');
  } catch (error) {
    return { error: reasonOf(error, passphrase) };
  }
  const { certBag = '', pkcs8ShroudedKeyBag = '', keyBag = '' } = forge.pki.oids;
  const keys = [...bagsOf(file, pkcs8ShroudedKeyBag), ...bagsOf(file, keyBag)];
  return {
    text: [
      ...keys.map((bag) =>
        toPem(
          'PRIVATE KEY',
          bag.key === undefined || bag.key === null
            ? der(bag.asn1)
            : der(forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(bag.key))),
        ),
      ),
      ...bagsOf(file, certBag).map((bag) =>
        toPem(
          'CERTIFICATE',
          bag.cert === undefined || bag.cert === null ? der(bag.asn1) : der(forge.pki.certificateToAsn1(bag.cert)),
        ),
      ),
    ].join(''),
  };
}

function bagsOf(file: forge.pkcs12.Pkcs12Pfx, bagType: string): readonly forge.pkcs12.Bag[] {
  return file.getBags({ bagType })[bagType] ?? [];
}

function der(asn1: forge.asn1.Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'binary');
}

function reasonOf(error: unknown, passphrase: string | undefined): string {
  const message = error instanceof Error ? error.message : String(error);
  if (!/MAC could not be verified|Invalid password/i.test(message)) return `this is not a PKCS#12 file: ${message}`;
  return passphrase === undefined
    ? "this PKCS#12 file has a pass phrase: write it into a file and name that with 'keyPassFile'"
    : 'the pass phrase does not open this PKCS#12 file';
}
