import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { createServer } from 'node:tls';
import { OpenSsl, SERVER } from '../certificate/fixtures/openssl.ts';
import { httpsTransport } from './transport.ts';

test('an authority whose certificate is not trusted is a matter of acmeCA, not of how Node.js is started', async (t) => {
  const openssl = new OpenSsl();
  t.after(() => openssl.remove());
  const { key, cert } = openssl.issue({ name: 'localhost', extensions: SERVER('DNS:localhost') });
  const server = createServer({ key, cert }, (socket) => socket.end()).listen(0, '127.0.0.1');
  server.on('tlsClientError', () => {});
  t.after(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const ask = httpsTransport(undefined, new AbortController().signal);
  await assert.rejects(ask(`https://localhost:${address.port}/dir`, { method: 'GET' }), {
    message: `localhost:${address.port} cannot be reached: its certificate leads to no authority that is trusted; name a private one with acmeCA (in YAML: ca)`,
  });
});
