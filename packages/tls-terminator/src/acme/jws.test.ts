import assert from 'node:assert/strict';
import { createHmac, createPrivateKey, createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import { newPrivateKey } from '../certificate/self-made.ts';
import { externalBinding, isAccountKey, jwkOf, keyAuthorization, signedRequest, thumbprint } from './jws.ts';

interface Flattened {
  readonly protected: string;
  readonly payload: string;
  readonly signature: string;
}

const decoded = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64url').toString());

test('the thumbprint of a key is that of RFC 7638, whatever the order of its members', () => {
  const jwk = {
    crv: 'P-256',
    kty: 'EC',
    x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
    y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
  };
  const key = createPrivateKey({ format: 'jwk', key: { ...jwk, d: '870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE' } });
  assert.deepEqual(jwkOf(key), jwk);
  // Computed with: printf '{"crv":"P-256",…}' | openssl dgst -sha256 -binary | basenc --base64url
  assert.equal(thumbprint(jwk), 'cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s');
  assert.equal(keyAuthorization('token', key), `token.${thumbprint(jwk)}`);
});

test('a request is signed over its head and its body, with a signature of fixed length', async () => {
  const key = await newPrivateKey('ec-256');
  const text = signedRequest(
    key,
    { kid: 'https://a.test/1' },
    { url: 'https://a.test/o', nonce: 'n', payload: { a: 1 } },
  );
  const { protected: head, payload, signature } = JSON.parse(text) as Flattened;
  assert.deepEqual(decoded(head), { alg: 'ES256', nonce: 'n', url: 'https://a.test/o', kid: 'https://a.test/1' });
  assert.deepEqual(decoded(payload), { a: 1 });
  const bytes = Buffer.from(signature, 'base64url');
  assert.equal(bytes.length, 64);
  const publicKey = { key: createPublicKey(key), dsaEncoding: 'ieee-p1363' } as const;
  assert.ok(verify('sha256', Buffer.from(`${head}.${payload}`), publicKey, bytes));
});

for (const [kind, alg, hash, length] of [
  ['ec-384', 'ES384', 'sha384', 96],
  ['rsa-2048', 'RS256', 'sha256', 256],
] as const)
  test(`an account of ${kind} signs with ${alg}`, async () => {
    const key = await newPrivateKey(kind);
    assert.ok(isAccountKey(key));
    const text = signedRequest(key, { jwk: jwkOf(key) }, { url: 'u', nonce: 'n', payload: {} });
    const { protected: head, payload, signature } = JSON.parse(text) as Flattened;
    assert.deepEqual(decoded(head), { alg, nonce: 'n', url: 'u', jwk: jwkOf(key) });
    const bytes = Buffer.from(signature, 'base64url');
    assert.equal(bytes.length, length);
    const publicKey = { key: createPublicKey(key), dsaEncoding: 'ieee-p1363' } as const;
    assert.ok(verify(hash, Buffer.from(`${head}.${payload}`), publicKey, bytes));
    // The members of its thumbprint, in the order of RFC 7638.
    assert.deepEqual(Object.keys(jwkOf(key)), Object.keys(jwkOf(key)).toSorted());
  });

test('a request without a payload is a POST-as-GET', async () => {
  const key = await newPrivateKey('ec-256');
  const text = signedRequest(key, { kid: 'k' }, { url: 'u', nonce: 'n', payload: undefined });
  assert.equal((JSON.parse(text) as Flattened).payload, '');
});

test('an external account signs the key of the new one', async () => {
  const jwk = jwkOf(await newPrivateKey('ec-256'));
  const key = Buffer.from('secret');
  const {
    protected: head,
    payload,
    signature,
  } = externalBinding({ id: 'kid-1', key }, jwk, 'https://a.test/n') as Flattened;
  assert.deepEqual(decoded(head), { alg: 'HS256', kid: 'kid-1', url: 'https://a.test/n' });
  assert.deepEqual(decoded(payload), jwk);
  assert.equal(createHmac('sha256', key).update(`${head}.${payload}`).digest('base64url'), signature);
});
