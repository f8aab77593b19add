import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { AUTHORITY, OpenSsl } from './fixtures/openssl.ts';
import { changeStore, type TrustPlaces } from './trust-stores.ts';

const openssl = new OpenSsl();
after(() => openssl.remove());
const caFile = openssl.write('ca.pem', openssl.issue({ name: 'dev', extensions: AUTHORITY }).cert);
let count = 0;

function placesOf(): TrustPlaces {
  const root = join(openssl.directory, `root${(count += 1)}`);
  const home = join(root, 'home');
  mkdirSync(home, { recursive: true });
  return { home, root };
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
}

/** A certutil that writes down how it is called: the machine of the tests may have none. */
function withCertutil(t: TestContext): () => string {
  const folder = join(openssl.directory, `bin${(count += 1)}`);
  mkdirSync(folder);
  const log = join(folder, 'log');
  const path = join(folder, 'certutil');
  openssl.write(
    path.slice(openssl.directory.length + 1),
    `#!/bin/sh\necho "$@" >> ${log}\ncase "$1" in -N) : > "\${4#sql:}/cert9.db";; esac\n`,
  );
  chmodSync(path, 0o755);
  const before = process.env['PATH'];
  process.env['PATH'] = `${folder}:${before}`;
  t.after(() => (process.env['PATH'] = before));
  return () => (existsSync(log) ? readFileSync(log, 'utf8') : '');
}

test("Debian's own program adds the authority to the system's bundle, and takes it out again", async () => {
  const places = placesOf();
  for (const folder of ['usr/local/share/ca-certificates', 'etc/ssl/certs', 'etc/hooks'])
    mkdirSync(join(places.root, folder), { recursive: true });
  const before = filesUnder(places.root);
  const [done = ''] = await changeStore('system', caFile, places);
  assert.match(done, /wrote \S+headgate-development-authority\.crt and ran update-ca-certificates/);
  const bundle = join(places.root, 'etc/ssl/certs/ca-certificates.crt');
  const own = readFileSync(caFile, 'utf8').trim();
  assert.ok(readFileSync(bundle, 'utf8').includes(own));
  await changeStore('system', undefined, places);
  assert.ok(!readFileSync(bundle, 'utf8').includes(own));
  assert.deepEqual(
    filesUnder(places.root).filter((file) => file.includes('headgate')),
    before.filter((file) => file.includes('headgate')),
  );
  assert.deepEqual(await changeStore('system', undefined, places), []);
});

test('sessions of Node.js get it from a file that is removed again', async () => {
  const places = placesOf();
  const [done = ''] = await changeStore('node', caFile, places);
  const file = join(places.home, '.config/environment.d/headgate-development-authority.conf');
  assert.match(done, /export NODE_EXTRA_CA_CERTS=\S+ca\.pem/);
  assert.equal(readFileSync(file, 'utf8'), `NODE_EXTRA_CA_CERTS=${caFile}\n`);
  await changeStore('node', undefined, places);
  assert.equal(existsSync(file), false);
  assert.deepEqual(await changeStore('node', undefined, places), []);
});

test("Chromium's database is made when it is missing, and the authority is added once", async (t) => {
  const calls = withCertutil(t);
  const places = placesOf();
  const database = join(places.home, '.pki/nssdb');
  assert.deepEqual(await changeStore('chromium', undefined, places), []);
  await changeStore('chromium', caFile, places);
  await changeStore('chromium', undefined, places);
  const name = 'headgate-development-authority';
  assert.equal(
    calls(),
    [
      `-N --empty-password -d sql:${database}`,
      `-D -n ${name} -d sql:${database}`,
      `-A -t C,, -n ${name} -i ${caFile} -d sql:${database}`,
      `-D -n ${name} -d sql:${database}`,
      '',
    ].join('\n'),
  );
});

test('every profile of Firefox gets it, and what is no profile is left alone', async (t) => {
  const calls = withCertutil(t);
  const places = placesOf();
  for (const folder of [
    '.mozilla/firefox/a.default',
    'snap/firefox/common/.mozilla/firefox/b.default',
    '.mozilla/firefox/Crash Reports',
  ])
    mkdirSync(join(places.home, folder), { recursive: true });
  for (const profile of ['.mozilla/firefox/a.default', 'snap/firefox/common/.mozilla/firefox/b.default'])
    openssl.write(join(places.home.slice(openssl.directory.length + 1), profile, 'cert9.db'), '');
  assert.equal((await changeStore('firefox', caFile, places)).length, 2);
  assert.equal(calls().match(/^-A /gm)?.length, 2);
  assert.doesNotMatch(calls(), /Crash/);
});
