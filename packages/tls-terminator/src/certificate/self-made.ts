/** Makes requests and certificates that we sign ourselves, for keys of any kind. node-forge knows RSA only. */
import { createPublicKey, generateKeyPair, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import { der, derOid, derTag } from '@headgate/shared/x509/der';
import { addressToBytes } from '@headgate/shared/net/ip-bytes';
import { toPem } from './pem.ts';

const generate = promisify(generateKeyPair);

/** The kinds of key that public authorities accept. */
export const KEY_KINDS = ['ec-256', 'ec-384', 'rsa-2048', 'rsa-3072', 'rsa-4096'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
const SUBJECT_ALT_NAME = '2.5.29.17';
const COMMON_NAME = '2.5.4.3';

const ECDSA_SHA256 = der(derTag.sequence, derOid('1.2.840.10045.4.3.2'));
const ECDSA_SHA384 = der(derTag.sequence, derOid('1.2.840.10045.4.3.3'));
const RSA_SHA256 = der(derTag.sequence, derOid('1.2.840.113549.1.1.11'), der(derTag.null));

/** UTF8String. */
const UTF8 = 0x0c;

export interface Extension {
  readonly oid: string;
  readonly critical?: boolean;
  /** What its OCTET STRING holds. */
  readonly value: Buffer;
}

export interface SelfSigned {
  readonly names: readonly string[];
  /** The common name; empty: none. */
  readonly subject: string;
  readonly from: Date;
  readonly until: Date;
  readonly extensions?: readonly Extension[];
  /** Who signs, and its common name; by default the key of the certificate itself. */
  readonly issuer?: { readonly key: KeyObject; readonly subject: string };
}

export async function newPrivateKey(kind: KeyKind): Promise<KeyObject> {
  const [type, size = ''] = kind.split('-');
  const made =
    type === 'rsa'
      ? await generate('rsa', { modulusLength: Number(size) })
      : await generate('ec', { namedCurve: size === '384' ? 'P-384' : 'P-256' });
  return made.privateKey;
}

/** PKCS#8, not encrypted. */
export function keyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** A request for a certificate of these names (PKCS #10, RFC 2986), as DER. The subject is empty: names are in subjectAltName. */
export function certificateRequest(key: KeyObject, names: readonly string[]): Buffer {
  const extensions = der(derTag.sequence, extension({ oid: SUBJECT_ALT_NAME, value: alternativeNames(names) }));
  const attribute = der(derTag.sequence, derOid(EXTENSION_REQUEST), der(derTag.set, extensions));
  const body = der(
    derTag.sequence,
    der(derTag.integer, Buffer.from([0])),
    der(derTag.sequence),
    publicKeyInfo(key),
    der(0xa0, attribute),
  );
  return signed(body, key);
}

/** A certificate that its own key has signed, or that of an issuer (RFC 5280 §4.1), as PEM. */
export function selfSigned(
  key: KeyObject,
  { names, subject, from, until, extensions = [], issuer = { key, subject } }: SelfSigned,
): string {
  const nameOf = (text: string): Buffer => (text === '' ? der(derTag.sequence) : commonName(text));
  const all = [{ oid: SUBJECT_ALT_NAME, critical: subject === '', value: alternativeNames(names) }, ...extensions];
  const body = der(
    derTag.sequence,
    der(0xa0, der(derTag.integer, Buffer.from([2]))),
    // A positive number of at most 20 bytes (RFC 5280 §4.1.2.2).
    der(derTag.integer, Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    algorithmOf(issuer.key).identifier,
    nameOf(issuer.subject),
    der(derTag.sequence, time(from), time(until)),
    nameOf(subject),
    publicKeyInfo(key),
    der(0xa3, der(derTag.sequence, ...all.map(extension))),
  );
  return toPem('CERTIFICATE', signed(body, issuer.key));
}

function signed(body: Buffer, key: KeyObject): Buffer {
  const { identifier, hash } = algorithmOf(key);
  return der(derTag.sequence, body, identifier, bits(sign(hash, body, key)));
}

function algorithmOf(key: KeyObject): { readonly identifier: Buffer; readonly hash: string } {
  if (key.asymmetricKeyType === 'rsa') return { identifier: RSA_SHA256, hash: 'sha256' };
  if (key.asymmetricKeyDetails?.namedCurve === 'secp384r1') return { identifier: ECDSA_SHA384, hash: 'sha384' };
  return { identifier: ECDSA_SHA256, hash: 'sha256' };
}

function publicKeyInfo(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}

function commonName(text: string): Buffer {
  const attribute = der(derTag.sequence, derOid(COMMON_NAME), der(UTF8, Buffer.from(text)));
  return der(derTag.sequence, der(derTag.set, attribute));
}

/** GeneralNames: dNSName is context tag 2, iPAddress 7 (RFC 5280 §4.2.1.6). */
function alternativeNames(names: readonly string[]): Buffer {
  const all = names.map((name) =>
    isIP(name) === 0 ? der(0x82, Buffer.from(name, 'latin1')) : der(0x87, addressToBytes(name) ?? Buffer.alloc(0)),
  );
  return der(derTag.sequence, ...all);
}

function extension({ oid, critical = false, value }: Extension): Buffer {
  const flag = critical ? [der(derTag.boolean, Buffer.from([0xff]))] : [];
  return der(derTag.sequence, derOid(oid), ...flag, der(derTag.octetString, value));
}

/** A BIT STRING without unused bits. */
function bits(bytes: Buffer): Buffer {
  return der(derTag.bitString, Buffer.from([0]), bytes);
}

/** UTCTime until 2049, then GeneralizedTime (RFC 5280 §4.1.2.5). */
function time(date: Date): Buffer {
  const text = `${date.toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}Z`;
  return date.getUTCFullYear() < 2050
    ? der(derTag.utcTime, Buffer.from(text.slice(2)))
    : der(derTag.generalizedTime, Buffer.from(text));
}
