import { createHash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';
import { addressToBytes } from '@headgate/shared/net/ip-bytes';
import { der, derTag } from '@headgate/shared/x509/der';
import { keyPem, newPrivateKey, selfSigned } from '../certificate/self-made.ts';
import type { TlsAnswer } from './challenges.ts';
import { keyAuthorization } from './jws.ts';

/** id-pe-acmeIdentifier (RFC 8737 §6.1). */
const ACME_IDENTIFIER = '1.3.6.1.5.5.7.1.31';
const DAY = 86_400_000;

/** The certificate that answers a tls-alpn-01 challenge (RFC 8737 §3). */
export async function tlsAnswer(name: string, token: string, account: KeyObject, now: number): Promise<TlsAnswer> {
  const key = await newPrivateKey('ec-256');
  const digest = createHash('sha256').update(keyAuthorization(token, account)).digest();
  const cert = selfSigned(key, {
    names: [name],
    subject: 'acme-challenge',
    from: new Date(now - DAY),
    until: new Date(now + 7 * DAY),
    extensions: [{ oid: ACME_IDENTIFIER, critical: true, value: der(derTag.octetString, digest) }],
  });
  return { key: keyPem(key), cert };
}

/** The value of the TXT record that answers a dns-01 challenge (RFC 8555 §8.4). */
export function dnsValue(token: string, account: KeyObject): string {
  return createHash('sha256').update(keyAuthorization(token, account)).digest('base64url');
}

/** The name of that record: the wildcard is validated at its parent. */
export function dnsRecord(name: string): string {
  return `_acme-challenge.${name.replace(/^\*\./, '')}.`;
}

/** The server name that authorities request: the name, or the reverse name of an address (RFC 8738 §6). */
export function challengeServerName(name: string): string {
  if (isIP(name) === 0) return name;
  const bytes = [...(addressToBytes(name) ?? [])];
  if (isIPv4(name)) return `${bytes.toReversed().join('.')}.in-addr.arpa`;
  const digits = bytes.flatMap((byte) => [byte >> 4, byte & 15]).map((digit) => digit.toString(16));
  return `${digits.toReversed().join('.')}.ip6.arpa`;
}
