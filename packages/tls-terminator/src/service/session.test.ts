import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as tcpConnect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { listen } from '../../../../test/support/tcp.ts';
import { freePort } from '../../../../test/support/ports.ts';
import { Places } from './places.ts';
import { folder, readAll, readBytes, startService, tcp, unix } from './fixtures/service.ts';

test('bytes go both ways and are counted, and the lines say who, where and why', async (t) => {
  const { port } = await listen(t, (socket) => {
    socket.on('data', () => socket.write('pong!'));
    socket.on('end', () => socket.end());
  });
  const { connect, lines } = await startService(t, { connects: [tcp(port)] });
  const client = await connect();
  client.write('ping');
  assert.equal((await readBytes(client, 5)).toString(), 'pong!');
  client.end();
  const opened = await lines.find(/accepted connection/);
  assert.match(
    opened.message,
    new RegExp(
      `^Service \\[https\\] accepted connection from 127\\.0\\.0\\.1:\\d+, connected 127\\.0\\.0\\.1:${port}$`,
    ),
  );
  assert.equal(opened.fields['tls'], 'TLSv1.3');
  assert.equal(opened.fields['sni'], 'localhost');
  const closed = await lines.find(/5 byte\(s\) sent to TLS, 4 byte\(s\) sent to socket/);
  assert.equal(closed.fields['by'], 'client');
});

test('a client that has sent its last byte still gets its answer', async (t) => {
  const { port } = await listen(t, (socket) => {
    void readAll(socket).then((request) => socket.end(`answer to ${request.toString()}`));
  });
  const { connect, lines } = await startService(t, { connects: [tcp(port)] });
  const client = await connect();
  client.end('a question');
  assert.equal((await readAll(client)).toString(), 'answer to a question');
  assert.match(
    (await lines.find('CLIENT_CLOSED')).message,
    /^Connection closed: 20 byte\(s\) sent to TLS, 10 byte\(s\) sent to socket: the client ended it$/,
  );
});

test('a server that has sent its last byte still hears the client', async (t) => {
  const heard = Promise.withResolvers<string>();
  const { port } = await listen(t, (socket) => {
    socket.end('goodbye');
    void readAll(socket).then((bytes) => heard.resolve(bytes.toString()));
  });
  const { connect, lines } = await startService(t, { connects: [tcp(port)] });
  const client = await connect();
  assert.equal((await readAll(client)).toString(), 'goodbye');
  client.end('one more thing');
  assert.equal(await heard.promise, 'one more thing');
  await lines.find('SERVER_CLOSED');
});

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`${version}: 8 MiB each way arrive whole though both sides read slowly`, async (t) => {
    const sent = randomBytes(8 * 1024 * 1024);
    const { port } = await listen(t, (socket) => {
      const hash = createHash('sha256');
      slowly(socket, (chunk) => hash.update(chunk));
      socket.on('end', () => socket.end(Buffer.concat([hash.digest(), sent])));
    });
    const { connect } = await startService(t, { connects: [tcp(port)] });
    const client = await connect({ minVersion: version, maxVersion: version });
    const chunks: Buffer[] = [];
    slowly(client, (chunk) => chunks.push(chunk));
    client.end(sent);
    await once(client, 'end');
    const received = Buffer.concat(chunks);
    assert.deepEqual(received.subarray(0, 32), createHash('sha256').update(sent).digest());
    assert.ok(received.subarray(32).equals(sent));
  });
}

function slowly(socket: Socket, take: (chunk: Buffer) => void): void {
  socket.on('data', (chunk: Buffer) => {
    take(chunk);
    socket.pause();
    setImmediate(() => socket.resume());
  });
}

test('a client that does not read stops the server, and reading again lets it go on', async (t) => {
  const block = Buffer.alloc(1024 * 1024);
  let sent = 0;
  let held: (() => void) | undefined;
  const { port } = await listen(t, (socket) => {
    const send = (): void => {
      do sent += block.length;
      while (socket.write(block));
    };
    socket.on('drain', send);
    send();
    let before = -1;
    const watch = setInterval(() => {
      if (sent === before) held?.();
      before = sent;
    }, 100);
    socket.on('close', () => clearInterval(watch));
  });
  const { connect } = await startService(t, { connects: [tcp(port)] });
  const client = await connect();
  client.pause();
  await new Promise<void>((resolve) => (held = resolve));
  const atRest = sent;
  assert.ok(atRest < 64 * block.length, `${atRest} bytes are held somewhere`);
  await new Promise<void>((resolve) => {
    let read = 0;
    client.on('data', (chunk: Buffer) => {
      read += chunk.length;
      if (read > atRest) resolve();
    });
    client.resume();
  });
  client.destroy();
});

for (const reset of [true, false]) {
  test(`a server that breaks off is seen by the client as ${reset ? 'a reset' : 'a cut, not an end'} (reset = ${reset ? 'yes' : 'no'})`, async (t) => {
    const { port } = await listen(t, (socket) => {
      socket.write('half an ans');
      socket.on('data', () => socket.resetAndDestroy());
    });
    const { connect, lines } = await startService(t, { connects: [tcp(port)], reset });
    const client = await connect();
    await readBytes(client, 11);
    const failed = once(client, reset ? 'error' : 'end');
    client.resume();
    client.write('go on');
    const [problem] = await failed;
    if (reset) assert.equal(problem.code, 'ECONNRESET');
    assert.match((await lines.find('SERVER_RESET')).message, /^Connection reset: 11 byte/);
  });
}

test('a client that breaks off resets the connection to the server', async (t) => {
  const broken = Promise.withResolvers<string | undefined>();
  const { port } = await listen(t, (socket) => {
    socket.on('error', (error: Error & { readonly code?: string }) => broken.resolve(error.code));
    socket.write('hello');
  });
  const { port: own, lines } = await startService(t, { connects: [tcp(port)] });
  const { raw, client } = await rawClient(own);
  await readBytes(client, 5);
  raw.resetAndDestroy();
  assert.equal(await broken.promise, 'ECONNRESET');
  await lines.find('CLIENT_RESET');
});

test('a server that has answered and then refuses the rest of an upload does not cost the client its answer', async (t) => {
  const served = Promise.withResolvers<Socket>();
  const { port } = await listen(t, (socket) => {
    socket.once('data', () => {
      socket.pause();
      socket.end('413 enough');
      served.resolve(socket);
    });
  });
  const { connect, lines } = await startService(t, { connects: [tcp(port)] });
  const client = await connect();
  client.on('error', (error) => assert.fail(error));
  client.write('a long story');
  assert.equal((await readAll(client)).toString(), '413 enough');
  (await served.promise).resetAndDestroy();
  for (let part = 0; part < 20; part++) await new Promise((resolve) => client.write(Buffer.alloc(256 * 1024), resolve));
  client.end();
  await lines.find('SERVER_CLOSED');
});

test('when no server can be reached the client is reset and the line says what was tried', async (t) => {
  const [first, second] = [await freePort(), await freePort()];
  const { connect, lines } = await startService(t, {
    connects: [tcp(first, '127.0.0.1', '::1'), tcp(second)],
    timeouts: { busy: 0, connect: 100, idle: 0, close: 0 },
  });
  const client = await connect();
  const [error] = await once(client, 'error');
  assert.equal(error.code, 'ECONNRESET');
  const line = await lines.find('CONNECT_FAILED');
  assert.equal(line.severity, 'err');
  for (const tried of [`127.0.0.1:${first}: ECONNREFUSED`, `[::1]:${first}`, `127.0.0.1:${second}: ECONNREFUSED`]) {
    assert.ok(line.message.includes(tried), line.message);
  }
});

test('a server that is only there on ::1 is found under the name localhost', async (t) => {
  const { port } = await listen(t, (socket) => socket.end('six'), { host: '::1' });
  const { connect } = await startService(t, { connects: [tcp(port, '127.0.0.1', '::1')] });
  assert.equal((await readAll(await connect())).toString(), 'six');
});

test('a server that does not answer within TIMEOUTconnect gives way to the next', async (t) => {
  const deaf = await deafServer(t);
  const { port } = await listen(t, (socket) => socket.end('second'));
  const timeouts = { busy: 0, connect: 300, idle: 0, close: 0 };
  const { connect, lines } = await startService(t, { connects: [tcp(deaf), tcp(port)], timeouts });
  assert.equal((await readAll(await connect())).toString(), 'second');
  assert.equal((await lines.find(/accepted connection/)).fields['refused'], `127.0.0.1:${deaf}: ETIMEDOUT`);
});

/** The port of a stopped process whose queue of connections is full: the kernel answers no further SYN. */
async function deafServer(t: TestContext): Promise<number> {
  const script =
    "const s = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(s.address().port))";
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const [text] = await once(child.stdout, 'data');
  const port = Number(text);
  child.kill('SIGSTOP');
  for (let queued = 0; queued < 2; queued++) {
    const socket = tcpConnect(port, '127.0.0.1');
    t.after(() => socket.destroy());
    await once(socket, 'connect');
  }
  return port;
}

test('failover rr spreads connections over the servers, prio stays with the first', async (t) => {
  const one = await listen(t, (socket) => socket.end('1'));
  const two = await listen(t, (socket) => socket.end('2'));
  for (const [failover, expected] of [
    ['rr', '1212'],
    ['prio', '1111'],
  ] as const) {
    const { connect } = await startService(t, { connects: [tcp(one.port), tcp(two.port)], failover });
    let answers = '';
    for (let turn = 0; turn < 4; turn++) answers += (await readAll(await connect())).toString();
    assert.equal(answers, expected);
  }
});

test('a client that leaves while the server is being reached leaves nothing open', async (t) => {
  const { port, server } = await listen(t, () => {});
  const { port: own, lines, running } = await startService(t, { connects: [tcp(port)] });
  for (let round = 0; round < 10; round++) {
    const { raw } = await rawClient(own);
    raw.resetAndDestroy();
  }
  await running.drain();
  assert.ok(lines.list.filter(({ message }) => message.startsWith('Connection ')).length <= 10);
  await new Promise<void>((resolve) => {
    const look = (): unknown => server.getConnections((_, count) => (count === 0 ? resolve() : setImmediate(look)));
    look();
  });
});

test('an idle session is ended after TIMEOUTidle and both sides are reset', async (t) => {
  const broken = Promise.withResolvers<string | undefined>();
  const { port } = await listen(t, (socket) =>
    socket.on('error', (error: Error & { readonly code?: string }) => broken.resolve(error.code)),
  );
  const { connect, lines } = await startService(t, {
    connects: [tcp(port)],
    timeouts: { busy: 0, connect: 0, idle: 200, close: 0 },
  });
  const client = await connect();
  const [error] = await once(client, 'error');
  assert.equal(error.code, 'ECONNRESET');
  assert.equal(await broken.promise, 'ECONNRESET');
  assert.match((await lines.find('IDLE_TIMEOUT')).message, /TIMEOUTidle/);
});

test('traffic in one direction keeps a session from being idle', async (t) => {
  const { port } = await listen(t, (socket) => {
    let sent = 0;
    const ticking = setInterval(() => {
      socket.write('.');
      sent += 1;
      if (sent === 8) socket.end();
    }, 100);
    socket.on('close', () => clearInterval(ticking));
  });
  const { connect } = await startService(t, {
    connects: [tcp(port)],
    timeouts: { busy: 0, connect: 0, idle: 400, close: 0 },
  });
  assert.equal((await readAll(await connect())).toString(), '........');
});

test('after the server has ended, a client that does not is closed after TIMEOUTclose', async (t) => {
  const { port } = await listen(t, (socket) => socket.end('bye'));
  const { connect, lines } = await startService(t, {
    connects: [tcp(port)],
    timeouts: { busy: 0, connect: 0, idle: 0, close: 200 },
  });
  const client = await connect();
  assert.equal((await readAll(client)).toString(), 'bye');
  await lines.find('CLOSE_TIMEOUT');
});

test('the server is on a unix socket', async (t) => {
  const path = join(folder, 'server.sock');
  await listen(t, (socket) => socket.end('over a file'), { path });
  const { connect } = await startService(t, { connects: [unix(path)] });
  assert.equal((await readAll(await connect())).toString(), 'over a file');
});

async function rawClient(port: number): Promise<{ raw: Socket; client: TLSSocket }> {
  const raw = tcpConnect(port, '127.0.0.1');
  raw.on('error', () => {});
  await once(raw, 'connect');
  const client = tlsConnect({ socket: raw, rejectUnauthorized: false });
  client.on('error', () => {});
  await once(client, 'secureConnect');
  return { raw, client };
}

test('a client that resets within its handshake leaves nothing open, though its answer can never leave', async (t) => {
  // The session tickets are the first bytes to meet the reset, and the failure of their write calls nobody.
  let reset = (): void => {};
  class AtOnce extends Places {
    override secure(...entry: Parameters<Places['secure']>): void {
      super.secure(...entry);
      reset();
    }
  }
  const { port } = await listen(t, (socket) => {
    void readAll(socket).then(() => socket.end('an answer'));
  });
  const started = await startService(t, { connects: [tcp(port)], places: new AtOnce(1000) });
  const raw = tcpConnect(started.port, '127.0.0.1');
  reset = () => void raw.resetAndDestroy();
  tlsConnect({ socket: raw, rejectUnauthorized: false }).on('error', () => {});
  await started.lines.find('CLIENT_RESET');
  await started.running.drain();
});
