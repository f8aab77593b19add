/** What people are shown: the configuration in configs/ and the reference in docs/. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { OpenSsl, SERVER } from '../certificate/fixtures/openssl.ts';
import { globalDirectives, serviceDirectives } from './directives.ts';
import { loadConfig } from './load.ts';

const top = join(import.meta.dirname, '../../../..');
const openssl = new OpenSsl();
after(() => openssl.remove());

describe('configs/tls-terminator.yaml', () => {
  it('compiles, once the certificate it names is there', async () => {
    const { key, cert } = openssl.issue({ name: 'dev', extensions: SERVER('DNS:dev') });
    const text = readFileSync(join(top, 'configs/tls-terminator.yaml'), 'utf8');
    const placed = text.replace(/^cert: .*/m, `cert: ${openssl.write('cert.key_pem', key + cert)}`);
    const { snapshot, problems } = await loadConfig([openssl.write('tls-terminator.yaml', placed)]);
    assert.deepEqual(problems, []);
    const [https] = snapshot?.services ?? [];
    assert.equal(https?.proxyProtocol, 2);
    assert.deepEqual(https.timeouts, { busy: 10_000, connect: 5000, idle: 86_400_000, close: 60_000 });
  });
});

describe('docs/tls-terminator.md', () => {
  const page = readFileSync(join(top, 'docs/tls-terminator.md'), 'utf8');
  for (const [name, { summary, takes, example }] of [
    ...Object.entries(globalDirectives),
    ...Object.entries(serviceDirectives),
  ]) {
    it(`describes ${name} as the program does`, () => {
      assert.ok(page.includes(`\`${name}\``), 'the name is missing');
      for (const text of [summary, takes, example]) assert.ok(page.includes(text), text);
    });
  }
});
