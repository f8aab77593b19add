import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { OpenSsl } from './fixtures/openssl.ts';
import { toPem } from './pem.ts';
import { certificateRequest, KEY_KINDS, newPrivateKey, selfSigned } from './self-made.ts';

const openssl = new OpenSsl();
after(() => openssl.remove());

const names = ['a.example.test', '*.b.example.test', '192.0.2.1', '2001:db8::1'];

for (const kind of KEY_KINDS.filter((each) => each !== 'rsa-3072' && each !== 'rsa-4096')) {
  describe(`with a key of kind ${kind}`, () => {
    it('openssl verifies a request, and finds its names', async () => {
      const request = toPem('CERTIFICATE REQUEST', certificateRequest(await newPrivateKey(kind), names));
      const text = openssl.run(['req', '-verify', '-noout', '-text'], request).toString();
      assert.match(
        text,
        /DNS:a\.example\.test, DNS:\*\.b\.example\.test, IP Address:192\.0\.2\.1, IP Address:2001:DB8:0:0:0:0:0:1/,
      );
      assert.match(text, /Subject:\s*$/m);
    });

    it('a certificate signed by its own key is what Node and openssl read', async () => {
      const key = await newPrivateKey(kind);
      const from = new Date('2026-01-01T00:00:00Z');
      // The first is a UTCTime, the second a GeneralizedTime.
      const until = new Date('2051-01-01T00:00:00Z');
      const pem = selfSigned(key, {
        names,
        subject: 'test',
        from,
        until,
        extensions: [{ oid: '1.2.3.4', critical: true, value: Buffer.from([5, 0]) }],
      });
      const certificate = new X509Certificate(pem);
      assert.ok(certificate.checkPrivateKey(key) && certificate.checkIssued(certificate));
      assert.ok(certificate.verify(certificate.publicKey));
      assert.deepEqual([certificate.validFromDate, certificate.validToDate], [from, until]);
      assert.equal(certificate.checkHost('x.b.example.test'), '*.b.example.test');
      assert.equal(certificate.checkIP('2001:db8::1'), '2001:db8::1');
      assert.match(openssl.run(['x509', '-noout', '-text'], pem).toString(), /1\.2\.3\.4: critical/);
    });
  });
}
