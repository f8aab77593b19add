// oxlint-disable no-control-regex -- TLS begins with control characters
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { listen } from '../../../../../test/support/tcp.ts';
import { conforms, Recorder, type Ends } from '../conformance.ts';
import type { Link, LinkUser, SecureCall, TlsClientSettings } from '../link.ts';
import { WRONG_NAME, dialSecure } from './secure-dial.ts';
import { tlsClient } from './tls-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'secure-dial-'));
after(() => rmSync(folder, { recursive: true }));
const [keyFile, certFile] = [join(folder, 'key'), join(folder, 'cert')];
execFileSync(
  'openssl',
  [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
    '-keyout',
    keyFile,
    '-out',
    certFile,
    '-subj',
    '/CN=a.test',
  ],
  { stdio: 'pipe' },
);
const [key, cert] = [readFileSync(keyFile, 'utf8'), readFileSync(certFile, 'utf8')];

const settings: TlsClientSettings = {
  ca: [cert],
  crl: [],
  identity: undefined,
  ciphers: undefined,
  suites: undefined,
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  options: 0,
  verify: true,
  verifyName: undefined,
  resume: true,
};

function call(change: Partial<TlsClientSettings> = {}, name = 'a.test'): SecureCall {
  return { client: tlsClient({ ...settings, ...change }), name, alpn: [] };
}

interface Far {
  readonly port: number;
  /** The server's ends, after their handshakes. */
  readonly accepted: TLSSocket[];
}

async function server(
  t: TestContext,
  options: TlsOptions = {},
  greet: (socket: TLSSocket) => void = () => {},
): Promise<Far> {
  const accepted: TLSSocket[] = [];
  const tls = createServer({ key, cert, ...options }, (socket) => {
    socket.allowHalfOpen = true;
    socket.on('error', () => {});
    accepted.push(socket);
    greet(socket);
  });
  const sockets = new Set<Socket>();
  tls.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
  tls.listen(0, '127.0.0.1');
  await once(tls, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    tls.close();
  });
  const address = tls.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, accepted };
}

function dial(t: TestContext, port: number, user: LinkUser, how: SecureCall): Link {
  const link = dialSecure({ kind: 'tcp', host: '127.0.0.1', port }, user, {}, how);
  t.after(() => link.close());
  return link;
}

/** A link that was opened, and its other end. */
async function opened(t: TestContext, user: LinkUser, options: TlsOptions = {}): Promise<Ends> {
  const { port, accepted } = await server(t, options);
  const first = new Recorder();
  const link = dial(t, port, first, call());
  await first.until(() => first.count('opened') === 1 && accepted.length === 1);
  link.user = user;
  const far = accepted[0] as TLSSocket;
  return { link, far, cut: () => void (Reflect.get(far, '_parent') as Socket).resetAndDestroy() };
}

conforms('a dialled TLS link', {
  open: (t, user) => opened(t, user),
  resets: true,
  startsPaused: false,
  addresses: true,
});

test('what was written before the handshake arrives after it, and what is in the clear before it', async (t) => {
  const plain: Buffer[] = [];
  const { port } = await listen(t, (socket) => void socket.on('data', (bytes) => plain.push(bytes)));
  const user = new Recorder();
  dial(t, port, user, { ...call(), greeting: () => Buffer.from('HELLO\r\n') });
  await user.until(() => Buffer.concat(plain).length > 100);
  assert.match(Buffer.concat(plain).toString('latin1'), /^HELLO\r\n\x16\x03/);

  const { port: secured, accepted } = await server(t);
  const other = new Recorder();
  const link = dial(t, secured, other, call());
  link.write(Buffer.from('early '), Buffer.from('bytes'));
  assert.equal(link.waiting, 11);
  await other.until(() => accepted.length === 1);
  const [chunk] = (await once(accepted[0] as TLSSocket, 'data')) as [Buffer];
  assert.equal(chunk.toString(), 'early bytes');
});

test('a server whose certificate is refused gets nothing of what was written', async (t) => {
  for (const [change, name, code] of [
    [{ ca: [] }, 'a.test', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    [{}, 'b.test', WRONG_NAME],
    [{ verifyName: 'b.test' }, '', WRONG_NAME],
    [{}, 'a.test:443', WRONG_NAME],
    [{}, '127.0.0.1', WRONG_NAME],
  ] as const) {
    const { port, accepted } = await server(t);
    const user = new Recorder();
    dial(t, port, user, call(change, name)).write(Buffer.from('secret'));
    await user.gone();
    assert.equal(user.error?.code, code);
    assert.equal(user.count('opened'), 0);
    // The handshake of TLS 1.3 is over for the server before the client has judged it.
    for (const socket of accepted) assert.equal(socket.bytesRead, 0);
  }
});

test('a session is resumed for the same name and settings only, and without a certificate being shown again', async (t) => {
  // What it says first comes after its tickets.
  const { port } = await server(t, {}, (socket) => void socket.write('hello'));
  const resumed = async (how: SecureCall): Promise<boolean | undefined> => {
    const user = new Recorder();
    const link = dial(t, port, user, how);
    await user.until(() => user.text === 'hello');
    const { facts } = link.secure ?? {};
    link.close();
    return facts?.resumed;
  };
  assert.equal(await resumed(call()), false);
  assert.equal(await resumed(call()), true);
  assert.equal(await resumed(call()), true);
  assert.equal(await resumed(call({ verify: false })), false);
  assert.equal(await resumed(call({ verify: false }, 'b.test')), false);
  assert.equal(await resumed(call({ resume: false })), false);
});

test('what a server says before it resets the connection is read although writing to it fails first', async (t) => {
  const user = new Recorder();
  const { link, far, cut } = await opened(t, user);
  user.link = link;
  // Its tickets have come too, then: a system may drop what waits behind other bytes.
  far.write('hello');
  await user.until(() => user.text === 'hello');
  link.pause();
  const below = Reflect.get(far, '_parent') as Socket;
  far.write(', last words', cut);
  await once(below, 'close');
  for (let turn = 0; turn < 4; turn += 1) {
    link.write(Buffer.alloc(100_000));
    await new Promise(setImmediate);
  }
  assert.equal(user.count('closed'), 0, 'not before it was read');
  link.resume();
  await user.gone();
  assert.equal(user.text, 'hello, last words');
});

test('a link whose writes have failed closes when it is told to', async (t) => {
  const user = new Recorder();
  const { link, far, cut } = await opened(t, user);
  user.link = link;
  link.pause();
  cut?.();
  await once(far, 'close');
  link.write(Buffer.alloc(100_000));
  await new Promise(setImmediate);
  link.close();
  await user.gone();
});

test('equal settings are one client, and others another', () => {
  assert.equal(tlsClient({ ...settings }), tlsClient({ ...settings }));
  assert.notEqual(tlsClient({ ...settings }), tlsClient({ ...settings, verify: false }));
});

test('a link that is given up in its handshake closes without an error, and is not opened later', async (t) => {
  const { port } = await listen(t);
  const user = new Recorder();
  const link = dial(t, port, user, call());
  await user.until(() => link.secure?.handshaking === true);
  assert.ok(link.connecting && !link.closed);
  link.reset();
  await user.gone();
  assert.deepEqual([user.reports, user.error, link.closed, link.connecting], [['closed'], undefined, true, false]);
});

for (const [title, answer, words] of [
  ['says something else', 'HTTP/1.0 400 Bad Request\r\n\r\n', /^TLS handshake failed: /],
  ['says garbage', 'x'.repeat(70_000), /^TLS handshake failed: /],
  ['claims a record that is too long', '\x16\x03\x03\xff\xff', /^TLS handshake failed: /],
  ['closes', '', /^TLS handshake failed: /],
] as const)
  test(`a server that ${title} in the handshake is a failure with a reason`, async (t) => {
    const { port } = await listen(
      t,
      (socket) => void socket.once('data', () => socket.end(Buffer.from(answer, 'latin1'))),
    );
    const user = new Recorder();
    dial(t, port, user, call());
    await user.gone();
    assert.equal(user.count('opened'), 0);
    assert.match(user.error?.message ?? '', words);
  });
