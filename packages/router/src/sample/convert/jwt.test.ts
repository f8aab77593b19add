import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import test from 'node:test';
import { evaluationOf } from '../../rules/testing.ts';
import { Args } from '../arguments.ts';
import { typed } from '../value.ts';
import { jwt } from './jwt.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const FILES: Readonly<Record<string, string>> = { '/keys/pub.pem': PEM, '/keys/junk.pem': 'nothing' };

/** Names of files that are there and cannot be read. */
const DENIED = ['keys'];

type Signer = (signed: string) => Buffer;
const hmac =
  (key: string, digest = 'sha256'): Signer =>
  (signed) =>
    createHmac(digest, key).update(signed).digest();
const rsa: Signer = (signed) => sign('sha256', Buffer.from(signed), privateKey);
const none: Signer = () => Buffer.alloc(0);

function token(alg: string, signature: Signer): string {
  const signed = [{ alg }, { sub: 'me' }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  return `${signed.join('.')}.${signature(signed.join('.')).toString('base64url')}`;
}

/** What jwt_verify says of a token, with `txn.alg` and `txn.key` set; a text is what is wrong with its arguments. */
function verify(args: readonly [string, string], of: string, alg?: string, key?: string): unknown {
  const step = jwt['jwt_verify']?.compile(
    new Args(args, {
      readFile: (path) => FILES[path] ?? { unreadable: DENIED.includes(path) ? 'permission denied' : 'no such file' },
    }),
  );
  if (typeof step !== 'function') return step;
  const on = evaluationOf();
  for (const [name, value] of [
    ['txn.alg', alg],
    ['txn.key', key],
  ] as const)
    if (value !== undefined) on.variables?.set(name, typed('str', value));
  return step(of, on);
}

test('the algorithm may be held by a variable, and the secret too', () => {
  const good = token('HS256', hmac('secret'));
  assert.equal(verify(['txn.alg', 'secret'], good, 'HS256'), 1);
  assert.equal(verify(['txn.alg', 'other'], good, 'HS256'), 0);
  assert.equal(verify(['txn.alg', 'secret'], token('HS512', hmac('secret', 'sha512')), 'HS512'), 1);
  assert.equal(verify(['txn.alg', '/keys/pub.pem'], token('RS256', rsa), 'RS256'), 1);
  assert.equal(verify(['HS256', 'txn.key'], good, undefined, 'secret'), 1);
  assert.equal(verify(['txn.alg', 'txn.key'], good, 'HS256', 'secret'), 1);
  assert.equal(verify(['txn.alg', 'secret'], good), undefined);
  assert.equal(verify(['HS256', 'txn.key'], good), undefined);
});

test('what a token claims makes it valid without a signature nowhere', () => {
  assert.equal(verify(['txn.alg', 'secret'], token('none', none), 'none'), 0);
  assert.equal(verify(['txn.alg', '/keys/pub.pem'], token('none', none), 'none'), 0);
});

test('a public key is no secret, nor is the name of its file', () => {
  for (const guess of ['/keys/pub.pem', PEM])
    assert.equal(verify(['txn.alg', '/keys/pub.pem'], token('HS256', hmac(guess)), 'HS256'), 0);
});

test('a secret cannot have signed with a private key, and an algorithm that is none signs nothing', () => {
  assert.equal(verify(['txn.alg', 'secret'], token('RS256', rsa), 'RS256'), -5);
  assert.equal(verify(['txn.alg', 'secret'], token('XX256', hmac('secret')), 'XX256'), -1);
  assert.equal(verify(['txn.alg', 'secret'], token('XX256', hmac('secret')), 'constructor'), -1);
  assert.equal(verify(['txn.alg', 'secret'], 'a.b', 'HS256'), -3);
});

test('a file of keys that cannot be read is not taken for a secret', () => {
  for (const name of ['/keys/missing.pem', './missing', 'missing.pem', 'keys'])
    assert.match(String(verify(['txn.alg', name], 'a.b.c', 'HS256')), /cannot read the public key/, name);
  assert.match(String(verify(['txn.alg', '/keys/junk.pem'], 'a.b.c', 'HS256')), /contains no PEM public key/);
  assert.match(String(verify(['RS256', 'missing'], 'a.b.c')), /cannot read the public key/);
});
