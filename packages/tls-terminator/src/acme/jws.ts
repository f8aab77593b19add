/** What ACME signs (RFC 8555 §6.2): JSON Web Signatures of ES256, ES384 and RS256 accounts, and of HS256 for external accounts. Pure. */
import { createHash, createHmac, createPublicKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** The public key of an account, its members in the order that thumbprints demand (RFC 7638 §3.2). */
export type Jwk = Readonly<Record<string, string>>;

/** How keys of accounts sign (RFC 7518 §3.1), by what they are. */
const ALGORITHMS: Readonly<Record<string, { readonly alg: string; readonly hash: string }>> = {
  prime256v1: { alg: 'ES256', hash: 'sha256' },
  secp384r1: { alg: 'ES384', hash: 'sha384' },
  rsa: { alg: 'RS256', hash: 'sha256' },
};

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): (typeof ALGORITHMS)[string] | undefined {
  return ALGORITHMS[asymmetricKeyDetails?.namedCurve ?? asymmetricKeyType ?? ''];
}

/** Whether authorities know accounts by such a key. */
export function isAccountKey(key: KeyObject): boolean {
  return key.type === 'private' && algorithmOf(key) !== undefined;
}

/** Who signs: a new account by its key, a known one by its URL. */
export type Signer = { readonly jwk: Jwk } | { readonly kid: string };

/** An account at the authority that exists already (RFC 8555 §7.3.4). */
export interface ExternalAccount {
  readonly id: string;
  readonly key: Buffer;
}

export function base64url(text: string | Buffer): string {
  return Buffer.from(text).toString('base64url');
}

export function jwkOf(key: KeyObject): Jwk {
  const { crv = '', kty = '', x = '', y = '', e = '', n = '' } = createPublicKey(key).export({ format: 'jwk' });
  return kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y };
}

/** The fingerprint of an account key, which key authorizations end with (RFC 7638). */
export function thumbprint(jwk: Jwk): string {
  return createHash('sha256').update(JSON.stringify(jwk)).digest('base64url');
}

/** What proves that the account answers a challenge (RFC 8555 §8.1). */
export function keyAuthorization(token: string, key: KeyObject): string {
  return `${token}.${thumbprint(jwkOf(key))}`;
}

/** A signed request. `payload` undefined is a POST-as-GET (RFC 8555 §6.3). */
export function signedRequest(
  key: KeyObject,
  signer: Signer,
  { url, nonce, payload }: { readonly url: string; readonly nonce: string; readonly payload: unknown },
): string {
  const { alg, hash } = algorithmOf(key) ?? { alg: 'ES256', hash: 'sha256' };
  const body = payload === undefined ? '' : base64url(JSON.stringify(payload));
  const head = base64url(JSON.stringify({ alg, nonce, url, ...signer }));
  const signature = sign(hash, Buffer.from(`${head}.${body}`), { key, dsaEncoding: 'ieee-p1363' });
  return JSON.stringify({ protected: head, payload: body, signature: base64url(signature) });
}

/** The proof that an account of ours belongs to one that the authority has issued keys for. */
export function externalBinding(external: ExternalAccount, jwk: Jwk, url: string): unknown {
  const head = base64url(JSON.stringify({ alg: 'HS256', kid: external.id, url }));
  const payload = base64url(JSON.stringify(jwk));
  const signature = createHmac('sha256', external.key).update(`${head}.${payload}`).digest('base64url');
  return { protected: head, payload, signature };
}
