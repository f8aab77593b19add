/** Options that come from HAProxy: folders of relative names, authorities in folders, what a line of a crt-list may say. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { formatProblem } from '@headgate/shared/config/problem';
import { AUTHORITY, OpenSsl, SERVER } from '../certificate/fixtures/openssl.ts';
import type { Service } from '../model/snapshot.ts';
import { loadConfig } from './load.ts';

const openssl = new OpenSsl();
after(() => openssl.remove());
const authority = openssl.issue({ name: 'authority', extensions: AUTHORITY });
const other = openssl.issue({ name: 'other', extensions: AUTHORITY });
const pair = openssl.issue({ name: 'a.test', by: authority, extensions: SERVER('DNS:a.test') });
openssl.write('a.pem', pair.key + pair.cert + authority.cert);
openssl.write('ca.pem', authority.cert);
openssl.write('other.pem', other.cert);
const folder = join(openssl.directory, 'authorities');
mkdirSync(folder);
for (const [from, to] of [
  ['ca.pem', 'ca.crt'],
  ['other.pem', 'other.pem'],
  ['a.pem', 'a.key'],
] as const)
  cpSync(join(openssl.directory, from), join(folder, to));

async function service(...options: readonly string[]): Promise<Service> {
  const text = `[s]\naccept = 1\nconnect = 2\n${options.join('\n')}\n`;
  const { snapshot, problems } = await loadConfig([openssl.write('stunnel.conf', text)]);
  const [first] = snapshot?.services ?? [];
  assert.ok(first, problems.map(formatProblem).join('\n'));
  return first;
}

const BASES = [`crtBase = ${openssl.directory}`, `caBase = ${openssl.directory}`];

describe("HAProxy's words", () => {
  it('relative names are in crtBase and caBase, whatever the order of the lines', async () => {
    const { tls } = await service('cert = a.pem', 'verify = required', 'CAfile = ca.pem', ...BASES);
    assert.equal(tls?.certificate?.file, join(openssl.directory, 'a.pem'));
    assert.equal(tls.secureContext.ca?.length, 1);
  });

  it('lines of a list are relative to crtBase and caBase too, and may say TLSv1.0', async () => {
    const list = openssl.write(
      'list',
      'a.pem [ssl-min-ver TLSv1.0 ca-file ca.pem verify required alpn h2,http/1.1] x.test\n',
    );
    const { tls } = await service('http1 = yes', `crtList = ${list}`, ...BASES);
    const [variant] = tls?.names?.variants ?? [];
    assert.equal(variant?.secureContext.minVersion, 'TLSv1');
    assert.equal(variant.secureContext.ca?.length, 1);
    assert.deepEqual(variant.alpn, ['http/1.1']);
  });

  it('a folder of authorities is its files that end in pem, crt, cer and crl', async () => {
    const { tls } = await service('cert = a.pem', 'verify = required', `CAfile = ${folder}`, ...BASES);
    assert.equal(tls?.secureContext.ca?.length, 2);
  });

  it('CAverifyFile adds authorities', async () => {
    const { tls } = await service(
      'cert = a.pem',
      'verify = required',
      'CAfile = ca.pem',
      'CAverifyFile = other.pem',
      ...BASES,
    );
    assert.equal(tls?.secureContext.ca?.length, 2);
  });

  it('@system-ca are the authorities of this system', async () => {
    const { tls } = await service('cert = a.pem', 'verify = required', 'CAfile = @system-ca', ...BASES);
    assert.ok((tls?.secureContext.ca?.length ?? 0) > 20);
  });

  it('an IPv6 address can be for IPv6 alone', async () => {
    const { accepts } = await service('cert = a.pem', 'socket = a:IPV6_V6ONLY=yes', ...BASES);
    assert.equal(accepts[0]?.kind === 'tcp' && accepts[0].v6only, true);
  });
});
