import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { makeBundle } from './bundle.ts';
import { AUTHORITY, EC, OpenSsl, RSA, SERVER } from './fixtures/openssl.ts';
import { openPkcs12 } from './pkcs12.ts';

const openssl = new OpenSsl();
after(() => openssl.remove());

const root = openssl.issue({ name: 'Root', extensions: AUTHORITY });

function exported(algorithm: readonly string[], passphrase: string, ...options: readonly string[]): Buffer {
  const { key, cert } = openssl.issue({ name: 'dev', algorithm, by: root, extensions: SERVER('DNS:dev') });
  const file = openssl.write('in.pem', key + cert + root.cert);
  return openssl.run(['pkcs12', '-export', '-in', file, '-passout', `pass:${passphrase}`, ...options]);
}

describe('openPkcs12', () => {
  for (const [title, algorithm, passphrase, options] of [
    ['an RSA key', RSA(2048), 'secret', []],
    ['an EC key', EC, 'secret', []],
    ['an Ed25519 key', ['ed25519'], 'secret', []],
    ['an empty pass phrase', RSA(2048), '', []],
    ['the old RC2 form that Node refuses', RSA(2048), 'secret', ['-legacy']],
    ['a key that is not encrypted', EC, 'secret', ['-keypbe', 'NONE', '-certpbe', 'NONE']],
  ] as const) {
    it(`opens a file with ${title}`, () => {
      const opened = openPkcs12(exported(algorithm, passphrase, ...options), passphrase);
      assert.ok('text' in opened, JSON.stringify(opened));
      const { bundle } = makeBundle({ cert: { file: 'F', text: opened.text }, now: new Date() });
      assert.equal(bundle?.chain.length, 2);
      assert.equal(bundle.leaf.subject, 'CN=dev');
    });
  }

  const locked = exported(EC, 'secret');
  for (const [title, data, passphrase, error] of [
    ['no pass phrase', locked, undefined, /has a pass phrase: write it into a file and name that with 'keyPassFile'/],
    ['a wrong pass phrase', locked, 'sesame', /the pass phrase does not open this PKCS#12 file/],
    ['something else', Buffer.from('-----BEGIN CERTIFICATE-----'), undefined, /this is not a PKCS#12 file/],
    ['a file that is cut off', locked.subarray(0, 200), 'secret', /this is not a PKCS#12 file/],
    ['an empty file', Buffer.alloc(0), undefined, /this is not a PKCS#12 file/],
  ] as const) {
    it(`says what is wrong with ${title}`, () => {
      const opened = openPkcs12(data, passphrase);
      assert.match('error' in opened ? opened.error : '', error);
    });
  }
});
