import { X509Certificate, createHash, randomBytes, verify } from 'node:crypto';
import { certificateParts } from '@headgate/shared/x509/certificate';
import { der, derOid, derTag, derTime, oidText, readDer, readDerList } from '@headgate/shared/x509/der';
import type { Element } from '@headgate/shared/x509/der';

/** Bytes of an answer: it holds a few certificates at most. */
export const MOST_RESPONSE = 64 * 1024;

/** How wrong the clocks of responders may be, in milliseconds. */
const SKEW = 300_000;

const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
const NONCE = '1.3.6.1.5.5.7.48.1.2';
const SHA1 = der(derTag.sequence, derOid('1.3.14.3.2.26'), der(derTag.null));

/** Hashes of signature algorithms, by object identifier. */
const HASHES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};

/** Hashes by which responders name certificates, by object identifier. */
const ID_HASHES: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** A question, and what its answer must repeat. */
export interface OcspQuestion {
  readonly bytes: Buffer;
  readonly nonce: Buffer | undefined;
}

export interface OcspAnswer {
  /** `good`, `revoked`, `unknown`, or why the answer is not worth anything. */
  readonly status: string;
  /** Until when it holds; undefined when it does not say, or is worth nothing. */
  readonly until: Date | undefined;
  /** Since when; undefined when it is worth nothing. */
  readonly from: Date | undefined;
}

/** The question whether `issuer` has revoked `certificate` (RFC 6960 §4.1). */
export function ocspRequest(certificate: X509Certificate, issuer: X509Certificate, withNonce: boolean): OcspQuestion {
  const nonce = withNonce ? randomBytes(16) : undefined;
  const list = der(derTag.sequence, der(derTag.sequence, certId(certificate, issuer)));
  const extensions =
    nonce === undefined
      ? []
      : [
          der(
            0xa2,
            der(
              derTag.sequence,
              der(derTag.sequence, derOid(NONCE), der(derTag.octetString, der(derTag.octetString, nonce))),
            ),
          ),
        ];
  const bytes = der(derTag.sequence, der(derTag.sequence, list, ...extensions));
  return { bytes, nonce };
}

/** What names a certificate in a question (RFC 6960 §4.1.1, CertID), by SHA-1 as in HAProxy. */
export function certId(certificate: X509Certificate, issuer: X509Certificate): Buffer {
  return der(derTag.sequence, SHA1, ...idOf(certificate, issuer, 'sha1'));
}

/** The three fields that say which certificate is meant (RFC 6960 §4.1.1, CertID). */
function idOf(certificate: X509Certificate, issuer: X509Certificate, hash: string): readonly Buffer[] {
  const own = certificateParts(certificate.raw);
  const above = certificateParts(issuer.raw);
  const digest = (bytes: Buffer): Buffer => createHash(hash).update(bytes).digest();
  const [, key] = above === undefined ? [] : readDerList(above.publicKeyInfo.value);
  return [
    der(derTag.octetString, digest(own?.issuer.raw ?? Buffer.alloc(0))),
    // The bits of the key, without the byte that counts unused ones.
    der(derTag.octetString, digest(key?.value.subarray(1) ?? Buffer.alloc(0))),
    der(derTag.integer, own?.serial ?? Buffer.alloc(0)),
  ];
}

/** A responder may name the certificate by another hash than it was asked by. */
function isAbout(id: Element | undefined, certificate: X509Certificate, issuer: X509Certificate): boolean {
  const [algorithm, ...named] = readDerList(id?.value ?? Buffer.alloc(0));
  const [oid] = readDerList(algorithm?.value ?? Buffer.alloc(0));
  const hash = ID_HASHES[oidText(oid?.value ?? Buffer.alloc(0))];
  if (hash === undefined) return false;
  const wanted = idOf(certificate, issuer, hash);
  return (
    named.length === wanted.length && named.every(({ raw }, index) => raw.equals(wanted[index] ?? Buffer.alloc(0)))
  );
}

/** The responder that a certificate names (RFC 5280 §4.2.2.1): an http URL. */
export function responderOf({ infoAccess }: X509Certificate): string | undefined {
  return /^OCSP - URI:"?(http:\/\/[^"\s]+)/m.exec(infoAccess ?? '')?.[1];
}

/** What an answer says, once its signature and its times are good (RFC 6960 §3.2). */
export function readOcspResponse(
  bytes: Buffer,
  about: {
    readonly certificate: X509Certificate;
    readonly issuer: X509Certificate;
    /** What it must repeat; undefined: nothing was asked. */
    readonly nonce: Buffer | undefined;
    readonly now: Date;
  },
): OcspAnswer {
  try {
    return readBasic(bytes, about);
  } catch (error) {
    return worthless(error instanceof Error ? error.message : String(error));
  }
}

function readBasic(
  bytes: Buffer,
  { certificate, issuer, nonce, now }: Parameters<typeof readOcspResponse>[1],
): OcspAnswer {
  const [status, wrapped] = readDerList(readDer(bytes).value);
  if (status?.tag !== derTag.enumerated || status.value[0] !== 0)
    return worthless(`it refused to answer (status ${status?.value[0] ?? '?'})`);
  const [, response] = readDerList(readDer(wrapped?.value ?? Buffer.alloc(0)).value);
  const [data, algorithm, signature, certificates] = readDerList(readDer(response?.value ?? Buffer.alloc(0)).value);
  if (data === undefined || algorithm === undefined || signature === undefined) return worthless('it is incomplete');
  const embedded = certificates === undefined ? [] : readDerList(readDer(certificates.value).value);
  if (!isSigned(data, algorithm, signature, [issuer, ...delegates(embedded, issuer, now)]))
    return worthless('neither the issuer nor a responder it has named has signed it');
  const fields = readDerList(data.value);
  const [, , list, extensions] = fields[0]?.tag === 0xa0 ? fields.slice(1) : fields;
  if (nonce !== undefined && extensions?.raw.includes(nonce) !== true) return worthless('it does not repeat the nonce');
  for (const single of readDerList(list?.value ?? Buffer.alloc(0))) {
    const [id, state, thisUpdate, nextUpdate] = readDerList(single.value);
    if (!isAbout(id, certificate, issuer)) continue;
    const from = thisUpdate === undefined ? undefined : derTime(thisUpdate);
    const until = nextUpdate?.tag === 0xa0 ? derTime(readDer(nextUpdate.value)) : undefined;
    if (from === undefined || from.getTime() > now.getTime() + SKEW) return worthless('it is from the future');
    if (until !== undefined && until.getTime() < now.getTime() - SKEW) return worthless('it is out of date');
    return { status: statusOf(state), until, from };
  }
  return worthless('it is about another certificate');
}

function statusOf(state: Element | undefined): string {
  if (state?.tag === 0x80) return 'good';
  return state?.tag === 0xa1 ? 'revoked' : 'unknown';
}

/** Certificates in the answer that the issuer has made for signing such answers. */
function delegates(embedded: readonly Element[], issuer: X509Certificate, now: Date): readonly X509Certificate[] {
  return embedded
    .map(({ raw }) => new X509Certificate(raw))
    .filter((delegate) => {
      // The type says string[]; a certificate without the extension has undefined.
      const purposes: readonly string[] | undefined = delegate.keyUsage;
      const inTime = delegate.validFromDate <= now && now <= delegate.validToDate;
      return purposes?.includes(OCSP_SIGNING) === true && inTime && delegate.verify(issuer.publicKey);
    });
}

function isSigned(data: Element, algorithm: Element, signature: Element, signers: readonly X509Certificate[]): boolean {
  const hash = HASHES[oidText(readDer(algorithm.value).value)];
  if (hash === undefined) return false;
  return signers.some((signer) => verify(hash, data.raw, signer.publicKey, signature.value.subarray(1)));
}

function worthless(status: string): OcspAnswer {
  return { status, until: undefined, from: undefined };
}
