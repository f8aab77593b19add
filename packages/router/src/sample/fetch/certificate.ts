/** Fetches of a certificate of either end (HAProxy manual §7.3.4): `ssl_c_s_dn` of a client, `ssl_s_s_dn` of a server. */
import { createHash } from 'node:crypto';
import { certificateParts } from '@headgate/shared/x509/certificate';
import type { CertificateParts } from '@headgate/shared/x509/certificate';
import type { Element } from '@headgate/shared/x509/der';
import { firstOid, nameEntry, nameLine, nameRfc2253 } from '@headgate/shared/x509/name';
import { signatureNames } from '@headgate/shared/x509/signature-names';
import type { Evaluation } from '../../model/evaluation.ts';
import type { Read } from '../../model/values.ts';
import { integer, oneOf, optional } from '../arguments.ts';
import { numberFetch, single, textFetch } from '../row.ts';
import type { Fetch } from '../row.ts';

/** Whose certificate it is. */
export interface Shown {
  /** `ssl_c_`. */
  readonly prefix: string;
  /** `the client's certificate`. */
  readonly what: string;
  readonly reads: readonly Read[];
  readonly bytes: (on: Evaluation) => Buffer | undefined;
  /** The common name of a certificate that is not there itself. */
  readonly commonName?: (on: Evaluation) => string | undefined;
}

/** OpenSSL's long names of algorithms that sign, and of those that keys have. */
const ALGORITHMS: Readonly<Record<string, string>> = {
  ...signatureNames,
  '1.2.840.113549.1.1.1': 'rsaEncryption',
  '1.2.840.10045.2.1': 'id-ecPublicKey',
};

/** Read once for each connection, when first asked for. */
const known = new WeakMap<Buffer, CertificateParts | null>();

function partsOf(bytes: Buffer | undefined): CertificateParts | undefined {
  if (bytes === undefined) return undefined;
  let found = known.get(bytes);
  if (found === undefined) known.set(bytes, (found = certificateParts(bytes) ?? null));
  return found ?? undefined;
}

export function certificateFetches(shown: Shown): Readonly<Record<string, Fetch>> {
  const { prefix, what, reads, bytes } = shown;
  const of =
    <T>(read: (certificate: CertificateParts) => T | undefined) =>
    (on: Evaluation): T | undefined => {
      const certificate = partsOf(bytes(on));
      return certificate === undefined ? undefined : read(certificate);
    };
  const about = (name: string, doc: string, then = ''): Pick<Fetch, 'reads' | 'doc' | 'example'> => ({
    reads,
    doc: doc.replace('%', () => what),
    example: `${prefix}${name}${then}`,
  });
  const table: Readonly<Record<string, Fetch>> = {
    s_dn: distinguishedName(shown, 's_dn', `The subject of ${what}`, 'subject'),
    i_dn: distinguishedName(shown, 'i_dn', `The issuer of ${what}`, 'issuer'),
    der: textFetch('bin', about('der', `${what[0]?.toUpperCase()}${what.slice(1)} (DER).`, ',base64'), (on) =>
      bytes(on)?.toString('latin1'),
    ),
    serial: textFetch(
      'bin',
      about('serial', 'The serial number of %.', ',hex'),
      of(({ serial }) => serial.toString('latin1')),
    ),
    sha1: textFetch('bin', about('sha1', 'The SHA-1 fingerprint of %.', ',hex'), (on) => {
      const der = bytes(on);
      return der === undefined ? undefined : createHash('sha1').update(der).digest().toString('latin1');
    }),
    notbefore: textFetch(
      'str',
      about('notbefore', 'When % becomes valid: YYMMDDhhmmss[Z].'),
      of(({ notBefore }) => shortTime(notBefore)),
    ),
    notafter: textFetch(
      'str',
      about('notafter', 'When % expires: YYMMDDhhmmss[Z].'),
      of(({ notAfter }) => shortTime(notAfter)),
    ),
    sig_alg: textFetch(
      'str',
      about('sig_alg', 'What signed %: ecdsa-with-SHA256.'),
      of(({ signatureAlgorithm }) => ALGORITHMS[firstOid(signatureAlgorithm)]),
    ),
    key_alg: textFetch(
      'str',
      about('key_alg', 'The kind of key in %: rsaEncryption.'),
      of(({ publicKeyInfo }) => ALGORITHMS[firstOid(keyAlgorithm(publicKeyInfo))]),
    ),
    version: numberFetch(
      about('version', 'The version of %: 3.'),
      of(({ version }) => version + 1),
    ),
  };
  return Object.fromEntries(Object.entries(table).map(([name, fetch]) => [prefix + name, fetch]));
}

/** The first field of a SubjectPublicKeyInfo is the identifier of the algorithm, itself a sequence. */
function keyAlgorithm({ value }: Element): Element {
  return { tag: 0x30, value: value.subarray(2), raw: value };
}

function distinguishedName(
  { prefix, reads, bytes, commonName }: Shown,
  name: string,
  what: string,
  field: 'subject' | 'issuer',
): Fetch {
  return {
    type: 'str',
    args: [optional('entry'), optional('occurrence', integer), optional('format', oneOf('rfc2253'))],
    reads,
    doc: `${what}, as /C=FR/O=Example/CN=alice, or with the format rfc2253 CN=alice,O=Example,C=FR; or one entry of it, such as CN, its first one or the given occurrence.`,
    example: `${prefix}${name}(CN)`,
    compile(args) {
      const entry = args.text(0);
      const position = args.number(1, 1);
      const format = args.text(2);
      return single('text', (on) => {
        const certificate = partsOf(bytes(on));
        if (certificate === undefined) return field === 'subject' && entry === 'CN' ? commonName?.(on) : undefined;
        const from = certificate[field];
        if (entry !== '') return nameEntry(from, entry, position);
        return format === 'rfc2253' ? nameRfc2253(from) : nameLine(from);
      });
    },
  };
}

/** Two digits of the year, as HAProxy has it; undefined for other centuries. */
function shortTime({ tag, value }: Element): string | undefined {
  const text = value.toString('latin1');
  if (tag === 0x18) return text.startsWith('20') ? text.slice(2) : undefined;
  return Number(text.slice(0, 2)) < 60 ? text : undefined;
}
