import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import type { StapleSource } from '../model/staple.ts';
import { ocspResponse, writeResponse } from './fixtures/ocsp.ts';
import { AUTHORITY, OpenSsl, SERVER } from './fixtures/openssl.ts';
import { readSmallFile } from './read.ts';
import { loadCertificate } from './load.ts';
import { stapleSource } from './staple.ts';

const openssl = new OpenSsl();
after(() => openssl.remove());

const ca = openssl.issue({ name: 'ca', extensions: AUTHORITY });
const RESPONDER = 'authorityInfoAccess=OCSP;URI:http://ocsp.test/a';
const leaf = openssl.issue({ name: 'a.test', by: ca, extensions: [...SERVER('DNS:a.test'), RESPONDER] });
const other = openssl.issue({ name: 'b.test', by: ca, extensions: SERVER('DNS:b.test') });
const delegate = openssl.issue({ name: 'responder', by: ca, extensions: ['extendedKeyUsage=OCSPSigning'] });
const foreign = openssl.issue({ name: 'ca', extensions: AUTHORITY });
const file = openssl.write('a.pem', leaf.key + leaf.cert + ca.cert);
const alone = openssl.write('alone.pem', leaf.key + leaf.cert);
const DAY = 86_400_000;

async function source(
  path: string,
  { update = false, now = new Date() } = {},
): Promise<{ readonly source: StapleSource | undefined; readonly said: string }> {
  const { bundle } = await loadCertificate({ cert: path }, new Date());
  assert.ok(bundle);
  const { source: found, findings } = await stapleSource(bundle, update, now, readSmallFile);
  return { source: found, said: findings.map(({ message }) => message).join('\n') };
}

describe('the status of a certificate from FILE.ocsp', () => {
  for (const [what, response] of [
    ['signed by the issuer', () => ocspResponse(openssl, ca, leaf.cert)],
    [
      'signed by a responder that the issuer has named',
      () => ocspResponse(openssl, ca, leaf.cert, { signer: delegate }),
    ],
    ['that names the certificate by SHA-256', () => ocspResponse(openssl, ca, leaf.cert, { hash: 'sha256' })],
  ] as const)
    it(`a response ${what} is sent for a day`, async () => {
      writeResponse(file, response());
      const found = await source(file);
      assert.equal(found.said, '');
      const { from = 0, until = 0 } = found.source?.response ?? {};
      assert.equal(until - from, DAY);
    });

  for (const [what, response, why] of [
    ['of another certificate', () => ocspResponse(openssl, ca, other.cert), /it is about another certificate/],
    ['that says revoked', () => ocspResponse(openssl, ca, leaf.cert, { revoked: true }), /it says 'revoked'/],
    [
      'signed by somebody else',
      () => ocspResponse(openssl, ca, leaf.cert, { signer: foreign }),
      /neither the issuer nor a responder it has named has signed it/,
    ],
    [
      'signed by a certificate that is not for this',
      () => ocspResponse(openssl, ca, leaf.cert, { signer: other }),
      /neither the issuer nor a responder it has named has signed it/,
    ],
    ['that is damaged', () => ocspResponse(openssl, ca, leaf.cert).subarray(0, 100), /is not sent/],
    ['that is empty', () => Buffer.alloc(0), /is not sent/],
  ] as const)
    it(`a response ${what} is not sent, and the certificate is served without`, async () => {
      writeResponse(file, response());
      const found = await source(file);
      assert.match(found.said, why);
      assert.equal(found.source, undefined);
    });

  it('one that has ended is not sent', async () => {
    writeResponse(file, ocspResponse(openssl, ca, leaf.cert));
    assert.match((await source(file, { now: new Date(Date.now() + 2 * DAY) })).said, /it is out of date/);
    assert.match((await source(file, { now: new Date(Date.now() - 2 * DAY) })).said, /it is from the future/);
  });

  it('the issuer may be in FILE.issuer', async () => {
    writeResponse(alone, ocspResponse(openssl, ca, leaf.cert));
    assert.match(
      (await source(alone)).said,
      /the certificate of the issuer is missing; add it to the chain, or write it to \S+alone\.pem\.issuer/,
    );
    openssl.write('alone.pem.issuer', ca.cert);
    assert.notEqual((await source(alone)).source, undefined);
    openssl.write('alone.pem.issuer', foreign.cert);
    assert.match((await source(alone)).said, /the certificate of the issuer is missing/);
  });
});

describe('the responder that a certificate names', () => {
  it('is asked only when that is wanted', async () => {
    rmSync(`${file}.ocsp`, { force: true });
    assert.equal((await source(file)).source, undefined);
    assert.equal((await source(file, { update: true })).source?.responder, 'http://ocsp.test/a');
  });
});
