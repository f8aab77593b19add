import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { connect, type ConnectionOptions } from 'node:tls';
import { freePort } from '../../../../test/support/ports.ts';
import { ocspResponse } from '../certificate/fixtures/ocsp.ts';
import { AUTHORITY, OpenSsl, SERVER } from '../certificate/fixtures/openssl.ts';
import { runtimeWith } from './fixtures/runtime.ts';

const openssl = new OpenSsl();
test.after(() => openssl.remove());
const ca = openssl.issue({ name: 'ca', extensions: AUTHORITY });
const responses = new Map<string, Buffer>();
for (const kind of ['rsa', 'ecdsa']) {
  const algorithm = kind === 'rsa' ? { algorithm: ['rsa:2048'] } : {};
  const { key, cert } = openssl.issue({ name: 'a.test', by: ca, extensions: SERVER('DNS:a.test'), ...algorithm });
  openssl.write(`site.pem.${kind}`, key + cert + ca.cert);
  const response = ocspResponse(openssl, ca, cert);
  openssl.write(`site.pem.${kind}.ocsp`, response);
  responses.set(kind, response);
}

const RSA = { sigalgs: 'RSA-PSS+SHA256:RSA+SHA256' };

test('each of the certificates of a name staples its own response, also to clients that request no name', async (t) => {
  const port = await freePort();
  const conf = `[s]\naccept = 127.0.0.1:${port}\nconnect = 1\ncrt = ${openssl.directory}/site.pem\n`;
  await runtimeWith(t, openssl.write('stunnel.conf', conf));
  const stapled = async (options: ConnectionOptions): Promise<string> => {
    const client = connect({ port, host: '127.0.0.1', requestOCSP: true, rejectUnauthorized: false, ...options });
    t.after(() => client.destroy());
    client.on('error', () => {});
    let response: Buffer | null = null;
    client.on('OCSPResponse', (bytes: Buffer | null) => (response = bytes));
    await once(client, 'secureConnect');
    const kind = client.getPeerCertificate().asn1Curve === undefined ? 'rsa' : 'ecdsa';
    assert.deepEqual(response, responses.get(kind), kind);
    return kind;
  };
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const)
    for (const servername of ['a.test', '']) {
      assert.equal(await stapled({ maxVersion, servername }), 'ecdsa');
      assert.equal(await stapled({ maxVersion, servername, ...RSA }), 'rsa');
    }
});
