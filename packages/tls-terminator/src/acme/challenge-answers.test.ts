import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { newPrivateKey } from '../certificate/self-made.ts';
import { challengeServerName, dnsRecord, tlsAnswer } from './challenge-answers.ts';
import { Challenges } from './challenges.ts';
import { keyAuthorization } from './jws.ts';

describe('what authorities ask for', () => {
  for (const [name, serverName, record] of [
    ['www.example.test', 'www.example.test', '_acme-challenge.www.example.test.'],
    ['*.example.test', '*.example.test', '_acme-challenge.example.test.'],
    ['192.0.2.7', '7.2.0.192.in-addr.arpa', '_acme-challenge.192.0.2.7.'],
    [
      '2001:db8::567:89ab',
      'b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
      '_acme-challenge.2001:db8::567:89ab.',
    ],
  ] as const)
    it(name, () => {
      assert.equal(challengeServerName(name), serverName);
      assert.equal(dnsRecord(name), record);
    });
});

describe('the certificate that answers tls-alpn-01', () => {
  it('has the hash of the key authorization in a critical extension, and one name', async () => {
    const account = await newPrivateKey('ec-256');
    const { cert } = await tlsAnswer('a.test', 'token', account, Date.now());
    const { raw, subjectAltName } = new X509Certificate(cert);
    assert.equal(subjectAltName, 'DNS:a.test');
    const digest = createHash('sha256').update(keyAuthorization('token', account)).digest();
    // 1.3.6.1.5.5.7.1.31, TRUE, OCTET STRING of OCTET STRING(32) (RFC 8737 §3).
    assert.ok(raw.includes(Buffer.concat([Buffer.from('06082b0601050507011f0101ff04220420', 'hex'), digest])));
  });
});

describe('open challenges', () => {
  const hello = (serverName: string, ...alpn: readonly string[]) => ({ kind: 'hello', serverName, alpn }) as const;

  it('are answered while they are open, for their name and their protocol only', () => {
    const challenges = new Challenges();
    assert.equal(challenges.onTls, false);
    const close = challenges.tls('a.test', { key: 'k', cert: 'c' });
    assert.equal(challenges.onTls, true);
    assert.ok(challenges.answerTo(hello('a.test', 'acme-tls/1')));
    assert.equal(challenges.answerTo(hello('b.test', 'acme-tls/1')), undefined);
    assert.equal(challenges.answerTo(hello('a.test', 'h2')), undefined);
    assert.equal(challenges.answerTo(hello('a.test')), undefined);
    close();
    assert.equal(challenges.onTls, false);
    assert.equal(challenges.answerTo(hello('a.test', 'acme-tls/1')), undefined);
  });

  it('one that is closed late does not close a later one', () => {
    const challenges = new Challenges();
    const first = challenges.http('t', 'one');
    challenges.http('t', 'two');
    first();
    assert.equal(challenges.bodyFor('t'), 'two');
  });
});
