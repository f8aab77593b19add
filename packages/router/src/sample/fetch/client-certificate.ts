import { createHash } from 'node:crypto';
import { certificateParts } from '@headgate/shared/x509/certificate';
import type { CertificateParts } from '@headgate/shared/x509/certificate';
import type { Element } from '@headgate/shared/x509/der';
import { firstOid, nameEntry, nameLine, nameRfc2253 } from '@headgate/shared/x509/name';
import { signatureNames } from '@headgate/shared/x509/signature-names';
import type { Evaluation } from '../../model/evaluation.ts';
import { authorityError, certificateError } from '../certificate-errors.ts';
import { integer, oneOf, optional } from '../arguments.ts';
import { numberFetch, single, textFetch, truthFetch } from '../row.ts';
import type { Fetch } from '../row.ts';
import { bytesOf } from '../value.ts';

const reads = ['connection'] as const;

/** OpenSSL's long names of algorithms that sign, and of those that keys have. */
const ALGORITHMS: Readonly<Record<string, string>> = {
  ...signatureNames,
  '1.2.840.113549.1.1.1': 'rsaEncryption',
  '1.2.840.10045.2.1': 'id-ecPublicKey',
};

/** Read once for each connection, when first asked for. */
const known = new WeakMap<Buffer, CertificateParts | null>();

function parts({ connection }: Evaluation): CertificateParts | undefined {
  const bytes = connection.tls?.clientCertificate;
  if (bytes === undefined) return undefined;
  let found = known.get(bytes);
  if (found === undefined) known.set(bytes, (found = certificateParts(bytes) ?? null));
  return found ?? undefined;
}

function of<T>(read: (certificate: CertificateParts) => T | undefined): (on: Evaluation) => T | undefined {
  return (on) => {
    const certificate = parts(on);
    return certificate === undefined ? undefined : read(certificate);
  };
}

/**
 * Fetches of the client's certificate (HAProxy manual §7.3.4), which the terminator passes on in the PROXY header (types 0x22 and 0x28 in
 * the TLV for TLS). HAProxy 2.6 as the sender passes the common name alone.
 */
export const clientCertificate: Readonly<Record<string, Fetch>> = {
  ssl_c_used: truthFetch(
    {
      reads,
      doc: 'True when the client presented a certificate, on this connection or when the session it resumed began.',
      example: 'ssl_c_used',
    },
    (on) => on.connection.tls?.certificateUsed === true,
  ),
  ssl_c_verify: numberFetch(
    {
      reads,
      doc: "OpenSSL's verification error (X509_V_ERR) of the client's certificate; 0 when it is good, or there is none.",
      example: 'ssl_c_verify',
    },
    (on) => (on.connection.tls === undefined ? undefined : (on.connection.tls.verify ?? 0)),
  ),
  ssl_c_err: numberFetch(
    {
      reads,
      doc: "The verification error of the client's own certificate, as ssl_c_verify; 0 where it is one of the authorities above it.",
      example: 'ssl_c_err',
    },
    ({ connection: { tls } }) => (tls === undefined ? undefined : certificateError(tls)),
  ),
  ssl_c_ca_err: numberFetch(
    {
      reads,
      doc: "The verification error of an authority in the client's chain, as ssl_c_verify: of those that only authorities have (2, 19, 22, 24 and 25).",
      example: 'ssl_c_ca_err',
    },
    ({ connection: { tls } }) => (tls === undefined ? undefined : authorityError(tls)),
  ),
  ssl_c_ca_err_depth: numberFetch(
    {
      reads,
      doc: "1 where ssl_c_ca_err has an error, as of the certificate above the client's, else 0: which authority it is of is not known.",
      example: 'ssl_c_ca_err_depth',
    },
    ({ connection: { tls } }) => (tls === undefined ? undefined : Math.sign(authorityError(tls))),
  ),
  ssl_c_s_dn: distinguishedName('ssl_c_s_dn', "The subject of the client's certificate", 'subject'),
  ssl_c_i_dn: distinguishedName('ssl_c_i_dn', "The issuer of the client's certificate", 'issuer'),
  ssl_c_der: textFetch('bin', { reads, doc: "The client's certificate (DER).", example: 'ssl_c_der,base64' }, (on) =>
    on.connection.tls?.clientCertificate?.toString('latin1'),
  ),
  ssl_c_serial: textFetch(
    'bin',
    { reads, doc: "The serial number of the client's certificate.", example: 'ssl_c_serial,hex' },
    of(({ serial }) => serial.toString('latin1')),
  ),
  ssl_c_sha1: textFetch(
    'bin',
    { reads, doc: "The SHA-1 fingerprint of the client's certificate.", example: 'ssl_c_sha1,hex' },
    ({ connection: { tls } }) =>
      tls?.clientCertificate === undefined
        ? undefined
        : createHash('sha1').update(tls.clientCertificate).digest().toString('latin1'),
  ),
  ssl_c_notbefore: textFetch(
    'str',
    { reads, doc: "When the client's certificate becomes valid: YYMMDDhhmmss[Z].", example: 'ssl_c_notbefore' },
    of(({ notBefore }) => shortTime(notBefore)),
  ),
  ssl_c_notafter: textFetch(
    'str',
    { reads, doc: "When the client's certificate expires: YYMMDDhhmmss[Z].", example: 'ssl_c_notafter' },
    of(({ notAfter }) => shortTime(notAfter)),
  ),
  ssl_c_sig_alg: textFetch(
    'str',
    { reads, doc: "What signed the client's certificate: ecdsa-with-SHA256.", example: 'ssl_c_sig_alg' },
    of(({ signatureAlgorithm }) => ALGORITHMS[firstOid(signatureAlgorithm)]),
  ),
  ssl_c_key_alg: textFetch(
    'str',
    { reads, doc: "The kind of key in the client's certificate: rsaEncryption.", example: 'ssl_c_key_alg' },
    of(({ publicKeyInfo }) => ALGORITHMS[firstOid(keyAlgorithm(publicKeyInfo))]),
  ),
  ssl_c_version: numberFetch(
    { reads, doc: "The version of the client's certificate: 3.", example: 'ssl_c_version' },
    of(({ version }) => version + 1),
  ),
};

/** The first field of a SubjectPublicKeyInfo is the identifier of the algorithm, itself a sequence. */
function keyAlgorithm({ value }: Element): Element {
  return { tag: 0x30, value: value.subarray(2), raw: value };
}

function distinguishedName(name: string, what: string, field: 'subject' | 'issuer'): Fetch {
  return {
    type: 'str',
    args: [optional('entry'), optional('occurrence', integer), optional('format', oneOf('rfc2253'))],
    reads,
    doc: `${what}, as /C=FR/O=Example/CN=alice, or with the format rfc2253 CN=alice,O=Example,C=FR; or one entry of it, such as CN, its first one or the given occurrence.`,
    example: `${name}(CN)`,
    compile(args) {
      const entry = args.text(0);
      const position = args.number(1, 1);
      const format = args.text(2);
      return single('text', (on) => {
        const certificate = parts(on);
        if (certificate === undefined) {
          // A sender that passes the common name alone.
          const name = field === 'subject' && entry === 'CN' ? on.connection.tls?.clientName : undefined;
          return name === undefined || name === '' ? undefined : bytesOf(name);
        }
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
