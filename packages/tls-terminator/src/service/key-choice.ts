import type { Offers } from '@headgate/shared/tls/client-hello';
import type { NamedCertificate, Variant } from '../model/snapshot.ts';

type Pair = NamedCertificate['pairs'][number];
type Options = Pick<Variant['secureContext'], 'minVersion' | 'maxVersion' | 'ciphers'>;

const TLS13 = 0x0304;
/** The signature scheme of TLS 1.3 and the group of an EC key (IANA), by its size. */
const CURVES: Readonly<Record<string, { readonly scheme: number; readonly group: number }>> = {
  EC256: { scheme: 0x0403, group: 23 },
  EC384: { scheme: 0x0503, group: 24 },
  EC521: { scheme: 0x0603, group: 25 },
};
/** rsa_pss_rsae_sha256, 384 and 512. */
const PSS = [0x0804, 0x0805, 0x0806];
/** Signatures of TLS 1.2 are a hash and, in the low byte, the kind of key. */
const KINDS = { ECDSA: 3, RSA: 1 } as const;
/** Ciphers of TLS 1.2 with ephemeral keys, by the kind of key that signs. */
const SUITES = {
  ECDSA: [
    ['ECDHE-ECDSA-AES128-GCM-SHA256', 0xc02b],
    ['ECDHE-ECDSA-AES256-GCM-SHA384', 0xc02c],
    ['ECDHE-ECDSA-CHACHA20-POLY1305', 0xcca9],
  ],
  RSA: [
    ['ECDHE-RSA-AES128-GCM-SHA256', 0xc02f],
    ['ECDHE-RSA-AES256-GCM-SHA384', 0xc030],
    ['ECDHE-RSA-CHACHA20-POLY1305', 0xcca8],
  ],
} as const;

/**
 * Which of the keys of a name this client is to get: EC when it can verify that, as HAProxy has it, else RSA. Undefined when that is not certain:
 * then OpenSSL chooses among them, too late to send the OCSP response that belongs to its choice. Pure.
 */
export function pairFor(pairs: readonly Pair[], offers: Offers, options: Options): Pair | undefined {
  const newest = offers.versions.includes(TLS13) && options.maxVersion === 'TLSv1.3';
  const verifies = newest ? verifiesInTls13 : verifiesInTls12;
  const [ec, rsa] = ['EC', 'RSA'].map((kind) => pairs.find(({ facts }) => facts.keyAlgorithm.startsWith(kind)));
  return [ec, rsa].find((pair) => pair !== undefined && verifies(pair, offers, options));
}

function verifiesInTls13({ facts: { keyAlgorithm } }: Pair, { signatures }: Offers): boolean {
  const curve = CURVES[keyAlgorithm];
  if (curve !== undefined) return signatures.includes(curve.scheme);
  return keyAlgorithm.startsWith('RSA') && PSS.some((scheme) => signatures.includes(scheme));
}

function verifiesInTls12(
  { facts: { keyAlgorithm } }: Pair,
  { suites, groups, signatures }: Offers,
  { ciphers = '', minVersion }: Options,
): boolean {
  if (minVersion === 'TLSv1.3') return false;
  const curve = CURVES[keyAlgorithm];
  const kind = curve === undefined ? 'RSA' : 'ECDSA';
  if (curve !== undefined && !groups.includes(curve.group)) return false;
  const ours = ciphers.split(':');
  return (
    signatures.some((scheme) => (scheme & 0xff) === KINDS[kind]) &&
    SUITES[kind].some(([name, number]) => ours.includes(name) && suites.includes(number))
  );
}
