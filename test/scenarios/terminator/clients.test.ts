/** Clients that show certificates, revocation, a load balancer in front, shared ticket keys: what one process does with them. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { connect } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { decodeProxyHeader } from '@headgate/shared/proxy-protocol/decode';
import { encodeV1, encodeV2 } from '@headgate/shared/proxy-protocol/encode';
import { describeConnection, tlvType } from '@headgate/shared/proxy-protocol/tlv';
import { OpenSsl, SERVER } from '../../../packages/tls-terminator/src/certificate/fixtures/openssl.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { freePort } from '../../support/ports.ts';
import { missing, startProgram } from '../../support/programs.ts';
import type { TestProcess } from '../../support/process.ts';
import { RawServer } from '../../support/raw.ts';
import { listen } from '../../support/tcp.ts';
import { settled } from '../../support/until.ts';

const openssl = new OpenSsl();
test.after(() => openssl.remove());
const authority = openssl.issue({
  name: 'authority',
  extensions: ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'],
});
const server = openssl.issue({ name: 'server.test', by: authority, extensions: SERVER('DNS:server.test') });
const alice = openssl.issue({ name: 'alice', by: authority, extensions: ['extendedKeyUsage=clientAuth'] });
const bob = openssl.issue({ name: 'bob', by: authority, extensions: ['extendedKeyUsage=clientAuth'] });
const expired = openssl.issue({ name: 'late', by: authority, extensions: ['extendedKeyUsage=serverAuth'] });
const CA = openssl.write('ca.pem', authority.cert);
const PEM = openssl.write('server.pem', server.key + server.cert);

/** The database of `openssl ca`, in which bob is revoked. */
function index(): string {
  const serialOf = (cert: string): string =>
    openssl.run(['x509', '-noout', '-serial'], cert).toString().trim().replace('serial=', '');
  const row = (state: string, revoked: string, cert: string, name: string): string =>
    `${state}\t351231235959Z\t${revoked}\t${serialOf(cert)}\tunknown\t/CN=${name}\n`;
  return row('V', '', alice.cert, 'alice') + row('R', '260101000000Z', bob.cert, 'bob');
}
const INDEX = openssl.write('index.txt', index());
openssl.write('authority.pem', authority.key + authority.cert);
openssl.write('ca.cnf', `[ca]\ndefault_ca=d\n[d]\ndatabase=${INDEX}\ndefault_md=sha256\ndefault_crl_days=5\n`);
openssl.run([
  'ca',
  '-gencrl',
  '-config',
  'ca.cnf',
  '-keyfile',
  'authority.pem',
  '-cert',
  'authority.pem',
  '-out',
  'crl.pem',
]);
const CRL = join(openssl.directory, 'crl.pem');

interface Rig {
  readonly port: number;
  readonly process: TestProcess;
}

/** A terminator in front of a server that repeats what it hears, or another one. */
async function start(t: TestContext, ...lines: readonly string[]): Promise<Rig> {
  const echo = await listen(t, (socket) => {
    socket.on('data', (chunk: Buffer) => void socket.write(chunk));
    socket.on('end', () => socket.end());
  });
  return startAt(t, echo.port, lines);
}

async function startAt(t: TestContext, plain: number, lines: readonly string[]): Promise<Rig> {
  const port = await freePort();
  const conf = [
    `cert = ${PEM}`,
    'debug = info',
    '[s]',
    `accept = 127.0.0.1:${port}`,
    `connect = 127.0.0.1:${plain}`,
    ...lines,
  ];
  const process = await startProgram(t, 'terminator', openssl.write(`${port}.conf`, conf.join('\n')), [port]);
  return { port, process };
}

async function dial(t: TestContext, port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const client = connect({ port, host: '127.0.0.1', servername: 'server.test', ca: authority.cert, ...options });
  client.on('error', () => {});
  onCleanup(t, () => void client.destroy());
  await settled('the handshake', once(client, 'secureConnect'));
  return client;
}

/** Whether a client is served. */
async function admitted(t: TestContext, rig: Rig, pair: { key?: string; cert?: string }): Promise<boolean> {
  const client = await dial(t, rig.port, pair);
  const result = new Promise<boolean>((resolve) => {
    client.on('data', () => resolve(true));
    client.on('close', () => resolve(false));
  });
  client.write('hello');
  const served = await settled('served or closed', result);
  client.destroy();
  return served;
}

test('a certificate in a revocation list is refused, and the log says so', { skip: missing('openssl') }, async (t) => {
  const rig = await start(t, 'verify = required', `CAfile = ${CA}`, `CRLfile = ${CRL}`);
  assert.equal(await admitted(t, rig, alice), true);
  assert.equal(await admitted(t, rig, bob), false);
  await rig.process.says(/with 127\.0\.0\.1:\d+ failed: the client's certificate was refused: it was revoked/);
});

test(
  'a certificate for another purpose is refused, and with verifyIgnore let in',
  { skip: missing('openssl') },
  async (t) => {
    const strict = await start(t, 'verify = required', `CAfile = ${CA}`);
    assert.equal(await admitted(t, strict, expired), false);
    await strict.process.says(/the client's certificate was refused: it is for another purpose/);
    const lenient = await start(t, 'verify = required', `CAfile = ${CA}`, 'verifyIgnore = X509_V_ERR_INVALID_PURPOSE');
    assert.equal(await admitted(t, lenient, expired), true);
  },
);

test('an OCSP responder is asked, and nobody is let in without its word', { skip: missing('openssl') }, async (t) => {
  const port = await freePort();
  const responder = spawn(
    'openssl',
    [
      'ocsp',
      '-port',
      String(port),
      '-index',
      INDEX,
      '-CA',
      CA,
      '-rsigner',
      'authority.pem',
      '-rkey',
      'authority.pem',
      '-ndays',
      '1',
    ],
    { cwd: openssl.directory, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  onCleanup(t, () => void responder.kill());
  await settled('the responder', once(responder.stderr, 'data'));
  const url = `OCSP = http://127.0.0.1:${port}/`;
  for (const nonce of ['no', 'yes']) {
    const rig = await start(t, 'verify = required', `CAfile = ${CA}`, url, `OCSPnonce = ${nonce}`);
    assert.equal(await admitted(t, rig, alice), true, `nonce ${nonce}: ${rig.process.output}`);
    assert.equal(await admitted(t, rig, bob), false);
    await rig.process.says(/refused .*: the OCSP responder .* said: revoked/);
    assert.equal(await admitted(t, rig, expired), false);
  }
  responder.kill();
  await once(responder, 'exit');
  const alone = await start(t, 'verify = required', `CAfile = ${CA}`, url);
  assert.equal(await admitted(t, alone, alice), false);
  await alone.process.says(/the OCSP responder .* did not answer/);
});

test('with acceptProxy the client is who the load balancer says, in version 1 and 2', async (t) => {
  const plain = await RawServer.listen(t);
  const rig = await startAt(t, plain.port, ['acceptProxy = yes', 'protocol = proxy', 'TIMEOUTbusy = 1']);
  const endpoints = { source: { address: '192.0.2.7', port: 4711 }, destination: { address: '192.0.2.1', port: 443 } };
  for (const header of [encodeV1(endpoints), encodeV2(endpoints)]) {
    const socket = connectTcp({ port: rig.port, host: '127.0.0.1' });
    socket.write(header);
    const client = await dial(t, rig.port, { socket });
    client.write('hello');
    const connection = await plain.next();
    await connection.expect('hello');
    assert.equal(connection.bytes.toString(), 'PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\nhello');
    client.destroy();
    connection.end();
  }
  await rig.process.says(/accepted connection from 192\.0\.2\.7:4711/);
  // Without a header, with half of one, and with something else nobody gets as far as TLS.
  for (const bytes of ['', 'PROXY TCP4 192.0.2.7', 'GET / HTTP/1.1\r\n\r\n']) {
    const socket = connectTcp({ port: rig.port, host: '127.0.0.1' });
    socket.on('error', () => {});
    if (bytes !== '') socket.write(bytes);
    await settled('its end', new Promise((resolve) => socket.on('close', resolve)));
  }
  await rig.process.says(/no valid PROXY header came/);
});

test('with acceptProxy the unique id of the load balancer is passed on', async (t) => {
  const plain = await RawServer.listen(t);
  const rig = await startAt(t, plain.port, ['acceptProxy = yes', 'protocol = proxy-v2']);
  const endpoints = { source: { address: '192.0.2.7', port: 4711 }, destination: { address: '192.0.2.1', port: 443 } };
  const uniqueId = { type: tlvType.uniqueId, value: Buffer.from('C0000207-4711') };
  const socket = connectTcp({ port: rig.port, host: '127.0.0.1' });
  socket.write(encodeV2(endpoints, { tlvs: [uniqueId] }));
  const client = await dial(t, rig.port, { socket });
  client.write('hello');
  const connection = await plain.next();
  await connection.expect('hello');
  const header = decodeProxyHeader(connection.bytes);
  assert.equal(header.kind, 'header');
  assert.equal(describeConnection(header.kind === 'header' ? header.header.tlvs : []).uniqueId, 'C0000207-4711');
  client.destroy();
  connection.end();
});

test('processes that share a file of ticket keys resume the sessions of each other', async (t) => {
  const file = openssl.write('tickets', '');
  writeFileSync(file, openssl.run(['rand', '-base64', '48']));
  const [first, second] = [await start(t, `ticketKeys = ${file}`), await start(t, `ticketKeys = ${file}`)];
  const client = await dial(t, first.port, {});
  const [session] = (await settled('a ticket', once(client, 'session'))) as [Buffer];
  assert.equal((await dial(t, second.port, { session })).isSessionReused(), true);
  const other = await start(t);
  assert.equal((await dial(t, other.port, { session })).isSessionReused(), false);
  // With three keys the last but one is in use: a new last one changes nothing.
  appendFileSync(file, Buffer.concat([openssl.run(['rand', '-base64', '48']), openssl.run(['rand', '-base64', '48'])]));
});

test('the log names the group of the key exchange: post-quantum with who can', async (t) => {
  const rig = await start(t);
  for (const [options, group] of [
    [{}, 'X25519MLKEM768'],
    [{ ecdhCurve: 'X25519' }, 'X25519'],
    [{ ecdhCurve: 'P-384:P-256', maxVersion: 'TLSv1.2' }, 'secp384r1'],
  ] as const) {
    await dial(t, rig.port, options);
    await rig.process.says(new RegExp(`accepted connection .* group=${group} `));
  }
});
