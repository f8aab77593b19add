import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as tcpConnect } from 'node:net';
import type { Socket } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { dial, listen } from '../../../../test/support/tcp.ts';
import { freePort } from '../../../../test/support/ports.ts';
import { ca, folder, readAll, readBytes, startService, tcp, unix } from './fixtures/service.ts';

const patient = { connect: 10_000, idle: 10_000, close: 10_000 };

test('plain HTTP on the TLS port is answered with a page that names https', async (t) => {
  const { port, lines } = await startService(t, { connects: [tcp(await freePort())] });
  const socket = await dial(t, { port: port });
  socket.write('GET /index.html HTTP/1.1\r\nHost: example.test\r\n\r\n');
  const answer = (await readAll(socket)).toString();
  assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
  assert.match(answer, /https:\/\//);
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  assert.equal(Number(/Content-Length: (\d+)/.exec(head)?.[1]), Buffer.byteLength(body));
  socket.end();
  const line = await lines.find('ERR_SSL_HTTP_REQUEST');
  assert.equal(line.severity, 'info');
  assert.match(line.message, /127\.0\.0\.1:\d+ failed: plain HTTP was sent/);
});

const requests: readonly (readonly [string, string, string])[] = [
  ['a DELETE', 'DELETE /1 HTTP/1.1\r\n\r\n', 'ERR_SSL_HTTP_REQUEST'],
  ['an OPTIONS', 'OPTIONS * HTTP/1.1\r\n\r\n', 'ERR_SSL_HTTP_REQUEST'],
  ['a PATCH', 'PATCH /1 HTTP/1.1\r\n\r\n', 'ERR_SSL_HTTP_REQUEST'],
  ['a request to an HTTP proxy', 'CONNECT a:1 HTTP/1.1\r\n\r\n', 'ERR_SSL_HTTPS_PROXY_REQUEST'],
];

for (const [name, bytes, code] of requests) {
  test(`${name} on the TLS port is answered with the same page, and quietly logged`, async (t) => {
    const { port, lines } = await startService(t, { connects: [tcp(await freePort())] });
    const socket = await dial(t, { port: port });
    socket.write(bytes);
    assert.match((await readAll(socket)).toString('latin1'), /^HTTP\/1\.1 400 Bad Request\r\n[^]*https:\/\//);
    assert.equal((await lines.find(code)).severity, 'info');
  });
}

const garbage: readonly (readonly [string, string])[] = [
  ['SSH', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['a PROXY header that was not asked for', 'PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n'],
  ['3000 zero bytes', '\0'.repeat(3000)],
  ['3000 bytes 0xff', '\xff'.repeat(3000)],
  ['a line of text', 'hello there, is this the right place?\r\n'],
];

for (const [name, bytes] of garbage) {
  test(`${name} on the TLS port gets a TLS alert or a close, and no page`, async (t) => {
    const { port, running } = await startService(t, { connects: [tcp(await freePort())] });
    const socket = await dial(t, { port: port });
    const received: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    socket.write(Buffer.from(bytes, 'latin1'));
    // An end, or a reset when some of it was not read.
    await Promise.race([once(socket, 'end'), once(socket, 'close')]);
    socket.destroy();
    const answer = Buffer.concat(received);
    // An alert is one record of type 21 with two bytes.
    assert.ok(answer.length === 0 || (answer.length === 7 && answer[0] === 21), answer.toString('latin1'));
    await running.drain();
  });
}

for (const [name, send] of [
  ['says nothing', () => {}],
  ['sends a byte now and then', (socket: Socket) => drip(socket)],
] as const) {
  test(`a client that ${name} is let go after TIMEOUTbusy, socket and all`, async (t) => {
    const { port, lines, running } = await startService(t, {
      connects: [tcp(await freePort())],
      timeouts: { ...patient, busy: 300 },
    });
    const socket = await dial(t, { port: port });
    send(socket);
    socket.resume();
    // A byte that is sent when the other end has closed already is answered with a reset.
    await new Promise((resolve) => socket.on('end', resolve).on('error', resolve));
    assert.match((await lines.find('ERR_TLS_HANDSHAKE_TIMEOUT')).message, /TIMEOUTbusy/);
    await running.drain();
  });
}

/** The start of a TLS record that promises more than ever comes. */
function drip(socket: Socket): void {
  const hello = Buffer.from('16030102000100', 'hex');
  let sent = 0;
  const ticking = setInterval(
    () => socket.write(sent < hello.length ? hello.subarray(sent, ++sent) : Buffer.alloc(1)),
    40,
  );
  socket.on('close', () => clearInterval(ticking));
  socket.on('end', () => clearInterval(ticking));
}

test('port scans and clients that reset in the handshake leave nothing behind and are told only to who debugs', async (t) => {
  const { port, lines, running } = await startService(t, { connects: [tcp(await freePort())] });
  for (let round = 0; round < 10; round++) {
    const socket = await dial(t, { port: port });
    if (round % 2 === 0) socket.write(Buffer.from('160301', 'hex'));
    if (round % 3 === 0) socket.destroy();
    else if (round % 3 === 1) socket.end();
    else socket.resetAndDestroy();
  }
  await lines.find('ECONNRESET');
  const since = performance.now();
  await running.drain();
  assert.ok(performance.now() - since < 1000, 'sockets are freed when the client ends, not when the drain insists');
  for (const { severity, message } of lines.list) assert.equal(severity, 'debug', message);
});

test('with ja4 log lines name the software of a client, whatever became of its handshake', async (t) => {
  const { port } = await listen(t, (socket) => socket.end('.'));
  const { connect, lines, port: own } = await startService(t, { connects: [tcp(port)], ja4: true });
  const client = await connect({ minVersion: 'TLSv1.3', ALPNProtocols: ['h2'] });
  await readAll(client);
  const [served] = lines.list.flatMap(({ fields }) => fields['ja4'] ?? []);
  assert.match(String(served), /^t13d\d{4}h2_[0-9a-f]{12}_[0-9a-f]{12}$/);
  client.end();
  const late = tlsConnect({
    port: own,
    host: '127.0.0.1',
    ca,
    maxVersion: 'TLSv1.2',
    ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  });
  t.after(() => late.destroy());
  late.on('error', () => {});
  const refused = await lines.find(/TLS handshake with .* failed/);
  assert.match(String(refused.fields['ja4']), /^t12i\d{4}00_/);
});

test('a ClientHello that comes in pieces is put together', async (t) => {
  const { port } = await listen(t, (socket) => socket.end('whole'));
  const { port: own } = await startService(t, { connects: [tcp(port)] });
  const raw = await dial(t, { port: own });
  raw.setNoDelay(true);
  const client = tlsConnect({ socket: inPieces(raw, 100), ca, servername: 'localhost' });
  client.on('error', () => {});
  assert.equal((await readAll(client)).toString(), 'whole');
});

/** Writes at most `size` bytes at a time, one turn of the event loop after the other. */
function inPieces(socket: Socket, size: number): Duplex {
  const pieces = new Duplex({
    read: () => socket.resume(),
    write(chunk: Buffer, _encoding, done) {
      const next = (from: number): void => {
        if (from >= chunk.length) return done();
        socket.write(chunk.subarray(from, from + size), () => setImmediate(next, from + size));
      };
      next(0);
    },
  });
  socket.on('data', (chunk) => pieces.push(chunk) || socket.pause());
  socket.on('end', () => pieces.push(null));
  return pieces;
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`${version} sessions are resumed, also through another address of the service`, async (t) => {
    const { port } = await listen(t, (socket) => socket.end('.'));
    const at = { file: '', line: 1, column: 1 };
    const anywhere = { kind: 'tcp', at, host: '127.0.0.1', port: 0 } as const;
    const { addresses, connect, lines } = await startService(t, {
      connects: [tcp(port)],
      accepts: [anywhere, anywhere],
    });
    const ports = addresses.map((address) => Number(address.split(':')[1]));
    const options = { minVersion: version, maxVersion: version };
    const first = await connect({ ...options, port: ports[0] });
    let session: Buffer | undefined;
    first.on('session', (ticket: Buffer) => (session = ticket));
    await readAll(first);
    first.end();
    session ??= first.getSession();
    const second = await connect({ ...options, port: ports[1], session });
    assert.ok(second.isSessionReused());
    second.end();
    await readAll(second);
    assert.deepEqual(
      lines.list.flatMap(({ fields }) => fields['resumed'] ?? []),
      [false, true],
    );
  });
}

test('the PROXY header, text: the client and the address it came to, before its first byte', async (t) => {
  const { port, received } = await recorder(t);
  const { connect, port: own } = await startService(t, { connects: [tcp(port)], proxyProtocol: 1 });
  const client = await connect();
  const { localPort } = client;
  client.end('GET /');
  assert.equal((await received).toString(), `PROXY TCP4 127.0.0.1 127.0.0.1 ${localPort} ${own}\r\nGET /`);
});

test('the PROXY header, binary: also the TLS version, the cipher and the server name', async (t) => {
  const { port, received } = await recorder(t);
  const { connect, port: own, lines } = await startService(t, { connects: [tcp(port)], proxyProtocol: 2 });
  const client = await connect();
  const { localPort = 0 } = client;
  const { name } = client.getCipher();
  client.end('GET /');
  const text = (value: string): string =>
    value.length.toString(16).padStart(4, '0') + Buffer.from(value).toString('hex');
  const ssl = `010000000121${text('TLSv1.3')}23${text(name)}25${text('EC256')}26${text('X25519MLKEM768')}`;
  const rest = `7f0000017f000001${hex16(localPort)}${hex16(own)}02${text('localhost')}20${hex16(ssl.length / 2)}${ssl}`;
  assert.equal(
    (await received).toString('hex'),
    `0d0a0d0a000d0a515549540a2111${hex16(rest.length / 2)}${rest}${Buffer.from('GET /').toString('hex')}`,
  );
  assert.match((await lines.find('CLIENT_CLOSED')).message, / 5 byte\(s\) sent to socket/);
});

test('an IPv4 client of a dual-stack address is named as IPv4 names it', async (t) => {
  const { port, received } = await recorder(t);
  const accepts = [{ kind: 'tcp', at: { file: '', line: 1, column: 1 }, host: '::', port: 0 }] as const;
  const { connect } = await startService(t, { connects: [tcp(port)], accepts, proxyProtocol: 1 });
  (await connect()).end('x');
  assert.match((await received).toString(), /^PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 /);
});

test('a server that speaks first gets the header first', async (t) => {
  const greeted = Promise.withResolvers<string>();
  const { port } = await listen(t, (socket) => {
    socket.once('data', (chunk: Buffer) => greeted.resolve(chunk.toString()));
    socket.write('220 ready');
  });
  const { connect } = await startService(t, { connects: [tcp(port)], proxyProtocol: 1 });
  const client = await connect();
  assert.equal((await readBytes(client, 9)).toString(), '220 ready');
  assert.match(await greeted.promise, /^PROXY TCP4 .*\r\n$/);
});

test('clients on a unix socket are served, and UNKNOWN in the PROXY header', async (t) => {
  const path = join(folder, 'accept.sock');
  const { port, received } = await recorder(t);
  const { addresses, connect, lines } = await startService(t, {
    connects: [tcp(port)],
    accepts: [unix(path)],
    proxyProtocol: 1,
  });
  assert.deepEqual(addresses, [path]);
  const client = await connect({ path });
  client.end('hello');
  assert.equal((await received).toString(), 'PROXY UNKNOWN\r\nhello');
  await lines.find('CLIENT_CLOSED');
});

test('a client that is slow on a unix socket is let go too', async (t) => {
  const path = join(folder, 'slow.sock');
  const { running } = await startService(t, {
    connects: [tcp(1)],
    accepts: [unix(path)],
    timeouts: { ...patient, busy: 200 },
  });
  const socket = tcpConnect(path);
  socket.resume();
  await once(socket, 'end');
  await running.drain();
});

test('a dead socket file is replaced, a living one and another kind of file are left alone', async (t) => {
  const living = join(folder, 'living.sock');
  await listen(t, () => {}, { path: living });
  await assert.rejects(
    startService(t, { connects: [tcp(1)], accepts: [unix(living)] }),
    /the address is already in use/,
  );
  const file = join(folder, 'file');
  await writeFile(file, 'precious');
  await assert.rejects(startService(t, { connects: [tcp(1)], accepts: [unix(file)] }), /not a socket/);
  const dead = join(folder, 'dead.sock');
  await deadSocket(dead);
  const { addresses } = await startService(t, { connects: [tcp(1)], accepts: [unix(dead)] });
  assert.deepEqual(addresses, [dead]);
});

async function recorder(t: TestContext): Promise<{ port: number; received: Promise<Buffer> }> {
  const received = Promise.withResolvers<Buffer>();
  const { port } = await listen(t, (socket) => {
    void readAll(socket).then((bytes) => {
      received.resolve(bytes);
      socket.end();
    });
  });
  return { port, received: received.promise };
}

async function deadSocket(path: string): Promise<void> {
  const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  await once(spawn(process.execPath, ['-e', script, path]), 'exit');
}

function hex16(value: number): string {
  return value.toString(16).padStart(4, '0');
}
