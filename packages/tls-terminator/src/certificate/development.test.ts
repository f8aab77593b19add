import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { connect, createServer } from 'node:tls';
import { ensureDevelopmentCertificate } from './development.ts';
import type { DevelopmentCertificate } from './development.ts';
import { OpenSsl } from './fixtures/openssl.ts';

const openssl = new OpenSsl();
after(() => openssl.remove());

const DAY = 86_400_000;
const names = ['dev-coltrane', 'dev-maps01', '*.example.test', '127.0.0.1', '::1'];

const ensure = (folder: string, wanted: readonly string[] = names, now = new Date()): Promise<DevelopmentCertificate> =>
  ensureDevelopmentCertificate({ directory: join(openssl.directory, folder), names: wanted, now });

describe('ensureDevelopmentCertificate', () => {
  it('makes what openssl verify accepts, keys readable for the owner only', async () => {
    const { caFile, bundleFile, created } = await ensure('a');
    assert.equal(created, true);
    assert.match(
      openssl.run(['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', caFile, bundleFile]).toString(),
      /: OK$/m,
    );
    for (const name of names.filter((each) => !each.includes(':') && !each.startsWith('*') && !/^\d/.test(each))) {
      openssl.run(['verify', '-CAfile', caFile, '-verify_hostname', name, bundleFile]);
    }
    assert.equal(statSync(bundleFile).mode & 0o777, 0o600);
    assert.equal(statSync(join(caFile, '..', 'ca.key')).mode & 0o777, 0o600);
    const leaf = new X509Certificate(readFileSync(bundleFile));
    assert.equal(
      leaf.subjectAltName,
      'DNS:dev-coltrane, DNS:dev-maps01, DNS:*.example.test, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    );
    assert.deepEqual(leaf.keyUsage, ['1.3.6.1.5.5.7.3.1']);
    assert.ok(leaf.validToDate.getTime() - leaf.validFromDate.getTime() <= 90 * DAY);
  });

  it('is good enough for a client that trusts the authority', async () => {
    const { caFile, bundleFile } = await ensure('a');
    const pem = readFileSync(bundleFile);
    const server = createServer({ key: pem, cert: pem }, (socket) => socket.end()).listen(0, '127.0.0.1');
    server.on('tlsClientError', () => {});
    await once(server, 'listening');
    try {
      for (const servername of ['dev-coltrane', 'dev-maps01', 'any.example.test']) {
        const socket = connect({
          port: (server.address() as AddressInfo).port,
          host: '127.0.0.1',
          servername,
          ca: readFileSync(caFile),
        });
        await once(socket, 'secureConnect');
        assert.equal(socket.authorized, true);
        socket.destroy();
      }
    } finally {
      server.close();
    }
  });

  it('keeps what is still good', async () => {
    const first = await ensure('b');
    const before = readFileSync(first.bundleFile, 'utf8');
    assert.deepEqual(await ensure('b', ['127.0.0.1', 'dev-maps01', '*.example.test']), { ...first, created: false });
    assert.equal(readFileSync(first.bundleFile, 'utf8'), before);
  });

  for (const [reason, wanted, days] of [
    ['a name is new', [...names, 'dev-other'], 0],
    ['less than a third of its life is left', names, 61],
  ] as const) {
    it(`makes a new certificate from the same authority when ${reason}`, async () => {
      const { caFile, bundleFile } = await ensure('c');
      const [authority, bundle] = [readFileSync(caFile, 'utf8'), readFileSync(bundleFile, 'utf8')];
      assert.equal((await ensure('c', wanted, new Date(Date.now() + days * DAY))).created, true);
      assert.equal(readFileSync(caFile, 'utf8'), authority);
      assert.notEqual(readFileSync(bundleFile, 'utf8'), bundle);
    });
  }

  it('starts anew when the authority is damaged', async () => {
    const { caFile, bundleFile } = await ensure('d');
    openssl.write('d/ca.key', 'nonsense');
    assert.equal((await ensure('d')).created, true);
    openssl.run(['verify', '-CAfile', caFile, bundleFile]);
  });

  for (const name of ['', 'a b', 'a,DNS:b', '-a', '*', 'a..b', `${'a'.repeat(64)}.test`]) {
    it(`refuses the name '${name}'`, async () => {
      await assert.rejects(ensure('e', ['localhost', name]), RangeError);
    });
  }
});
