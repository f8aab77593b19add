/** Which certificate a client gets: our terminator and HAProxy with the same crt-list, asked by openssl, curl and Node.js. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { connect } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { promisify } from 'node:util';
import {
  AUTHORITY,
  EC,
  OpenSsl,
  RSA,
  SERVER,
} from '../../../packages/tls-terminator/src/certificate/fixtures/openssl.ts';
import { startApp } from '../../support/apps.ts';
import { freePort } from '../../support/ports.ts';
import { missing, startProgram } from '../../support/programs.ts';
import { settled } from '../../support/until.ts';

const run = promisify(execFile);
const openssl = new OpenSsl();
test.after(() => openssl.remove());
const authority = openssl.issue({ name: 'authority', extensions: AUTHORITY });
const CA = openssl.write('ca.pem', authority.cert);
const SITES = join(openssl.directory, 'sites');
mkdirSync(SITES);

/** A certificate with its key in one file. */
function site(file: string, name: string, names: readonly string[], algorithm: readonly string[] = EC): string {
  const { key, cert } = openssl.issue({ name, by: authority, algorithm, extensions: SERVER(...names) });
  return openssl.write(file, key + cert);
}

const FIRST = site('sites/a-first.pem', 'first.test', ['DNS:first.test']);
const BOTH_RSA = site('sites/both.pem.rsa', 'both.test', ['DNS:both.test'], RSA(2048));
site('sites/both.pem.ecdsa', 'both.test', ['DNS:both.test']);
const WILD = site('sites/wild.pem', 'wild', ['DNS:*.wild.test']);
const OWN = site('own.pem', 'own', ['DNS:own.test']);
const client = openssl.issue({ name: 'alice', by: authority, extensions: ['extendedKeyUsage=clientAuth'] });

const LIST = openssl.write(
  'sites.list',
  [
    '# names and what belongs to them',
    `${FIRST}`,
    `${join(SITES, 'both.pem')}`,
    `${WILD} *.wild.test !secret.wild.test`,
    `${OWN} [verify required ca-file ${CA} alpn h2 ssl-min-ver TLSv1.3] own.test`,
    `${WILD} [alpn http/1.1] alias.test`,
    '',
  ].join('\n'),
);

interface Seen {
  /** Common name and kind of key of the certificate; the error instead when the handshake failed. */
  readonly subject: string;
  readonly alpn?: string | false | null;
}

/** What one client sees. */
async function look(port: number, options: ConnectionOptions): Promise<Seen> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  socket.on('error', () => {});
  try {
    await settled('the handshake', once(socket, 'secureConnect'));
    const certificate = socket.getPeerCertificate();
    const kind = certificate.asn1Curve === undefined ? 'RSA' : 'EC';
    return { subject: `${String(certificate.subject.CN)} ${kind}`, alpn: socket.alpnProtocol };
  } catch (error) {
    return { subject: error instanceof Error && 'code' in error ? String(error.code) : String(error) };
  } finally {
    socket.destroy();
  }
}

const ONLY_RSA = { sigalgs: 'rsa_pss_rsae_sha256:RSA+SHA256' };
const rows: readonly (readonly [title: string, ConnectionOptions, subject: string, alpn?: string | false])[] = [
  ['no name', {}, 'first.test EC', false],
  ['a name that nobody has', { servername: 'unknown.test' }, 'first.test EC', false],
  ['the name of the first', { servername: 'first.test' }, 'first.test EC', false],
  ['a name with two keys', { servername: 'both.test' }, 'both.test EC', false],
  [
    'a name with two keys, of a client that knows RSA',
    { servername: 'both.test', ...ONLY_RSA },
    'both.test RSA',
    false,
  ],
  ['a name below a wildcard, in capitals', { servername: 'A.WILD.TEST' }, 'wild EC', false],
  ['a name two labels below a wildcard', { servername: 'a.b.wild.test' }, 'first.test EC', false],
  ['a name that is excluded from a wildcard', { servername: 'secret.wild.test' }, 'first.test EC', false],
  [
    'a name with settings of its own',
    { servername: 'alias.test', ALPNProtocols: ['h2', 'http/1.1'] },
    'wild EC',
    'http/1.1',
  ],
  [
    'a name that demands a certificate, which the client has',
    { servername: 'own.test', key: client.key, cert: client.cert, ALPNProtocols: ['h2'] },
    'own EC',
    'h2',
  ],
  [
    'a name that demands TLS 1.3',
    { servername: 'own.test', maxVersion: 'TLSv1.2' },
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  ],
];

for (const strict of [false, true]) {
  test(
    `the same crt-list, ${strict ? 'strictly' : 'with a default'}`,
    { skip: missing('haproxy', 'openssl') },
    async (t) => {
      const app = await startApp(t);
      const [ours, theirs] = [await freePort(), await freePort()];
      const yaml = `services:\n  https:\n    accept: 127.0.0.1:${ours}\n    connect: 127.0.0.1:${app.port}\n    crtList: ${LIST}\n    strictSni: ${strict}\n`;
      const cfg = `defaults\n  mode http\n  timeout client 5s\n  timeout server 5s\n  timeout connect 5s\nfrontend f\n  bind 127.0.0.1:${theirs} ssl crt-list ${LIST}${strict ? ' strict-sni' : ''}\n  default_backend b\nbackend b\n  server s 127.0.0.1:${app.port}\n`;
      await startProgram(t, 'terminator', openssl.write(`${strict}.yaml`, yaml), [ours]);
      await startProgram(t, 'haproxy', openssl.write(`${strict}.cfg`, cfg), [theirs]);
      for (const [title, options, subject, alpn] of rows) {
        const seen = await look(ours, options);
        const reference = await look(theirs, options);
        assert.deepEqual(seen.subject, reference.subject, `${title}: HAProxy`);
        if (!strict || !subject.startsWith('first.test') || options.servername === 'first.test') {
          assert.equal(seen.subject, subject, title);
          if (alpn !== undefined) assert.equal(seen.alpn, alpn, title);
        } else assert.match(seen.subject, /UNRECOGNIZED_NAME/, title);
      }
      const { stdout } = await run('curl', [
        '-s',
        '--cacert',
        CA,
        '--resolve',
        `both.test:${ours}:127.0.0.1`,
        `https://both.test:${ours}/`,
      ]);
      assert.notEqual(stdout, '');
      const s_client = run('openssl', [
        's_client',
        '-connect',
        `127.0.0.1:${ours}`,
        '-servername',
        'a.wild.test',
        '-CAfile',
        CA,
      ]);
      s_client.child.stdin?.end();
      assert.match((await s_client).stdout, /CN = wild[\s\S]*Verify return code: 0/);
    },
  );
}

test('a directory of certificates, and garbage before them', { skip: missing('openssl') }, async (t) => {
  const app = await startApp(t);
  const port = await freePort();
  openssl.write('sites/.hidden', 'nothing');
  openssl.write('sites/wild.pem.ocsp', 'nothing');
  const conf = `[https]\naccept = 127.0.0.1:${port}\nconnect = 127.0.0.1:${app.port}\ncrt = ${SITES}\nstrictSni = yes\nTIMEOUTbusy = 1\n`;
  const started = await startProgram(t, 'terminator', openssl.write('directory.conf', conf), [port]);
  assert.equal((await look(port, { servername: 'both.test', ...ONLY_RSA })).subject, 'both.test RSA');
  // A ClientHello that never comes holds nothing for longer than TIMEOUTbusy.
  const silent = connectTcp({ port, host: '127.0.0.1' });
  silent.write(Buffer.from([22, 3, 1, 0]));
  silent.on('error', () => {});
  await settled('its end', new Promise((resolve) => silent.on('close', resolve)));
  const plain = connectTcp({ port, host: '127.0.0.1' });
  plain.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  const [answer] = (await settled('the page', once(plain, 'data'))) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 400 /);
  plain.destroy();
  assert.equal((await look(port, { servername: 'first.test' })).subject, 'first.test EC');
  assert.ok(started.running);
  assert.notEqual(BOTH_RSA, '');
});
