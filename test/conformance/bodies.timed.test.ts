import assert from 'node:assert/strict';
import { pattern } from '../support/apps.ts';
import { sha256 } from '../support/client.ts';
import { conformance, message } from '../support/conformance.ts';
import type { Case } from '../support/conformance.ts';
import { openRaw } from '../support/raw.ts';
import type { RawSocket } from '../support/raw.ts';
import { memoryOf } from '../support/sockets.ts';
import { until } from '../support/until.ts';

const LARGE = 20_000_000;
const MEGABYTE = 1 << 20;
/** More than all buffers along the path can hold. */
const FLOOD = 200 * MEGABYTE;

/** `body` in chunks of unequal sizes. */
function chunked(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0, size = 1; at < body.length; at += size, size = (size * 7) % 100_003) {
    const chunk = body.subarray(at, at + size);
    parts.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

/** Sends a body of FLOOD bytes as fast as it is accepted. */
function flood({ socket }: RawSocket): void {
  const piece = Buffer.alloc(MEGABYTE / 16);
  let left = FLOOD;
  const send = (): void => {
    while (left > 0) {
      left -= piece.length;
      if (!socket.write(piece)) return;
    }
  };
  socket.on('drain', send);
  send();
}

/** Whether nothing has been accepted for a while, although there is more to send. */
function standsStill({ socket }: RawSocket): () => boolean {
  let written = -1;
  let since = 0;
  return () => {
    if (socket.bytesWritten !== written) since = performance.now();
    written = socket.bytesWritten;
    return socket.writableNeedDrain && performance.now() - since > 500;
  };
}

function content(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const line = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 4 + size;
  }
}

const cases: Record<string, Case | Case['run']> = {
  async 'a response of 20 MB arrives complete'(t, bench) {
    const body = pattern(LARGE);
    bench.origin.replies.set('/down', (_, connection) => {
      connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${LARGE}\r\n\r\n`);
      connection.send(body);
    });
    const client = await openRaw(t, bench.port);
    client.send(message('GET /down HTTP/1.1|Host: a|Connection: close'));
    await client.ended();
    const { bytes } = client;
    assert.equal(sha256(bytes.subarray(bytes.indexOf('\r\n\r\n') + 4)), sha256(body));
  },
  async 'a chunked response of 20 MB arrives complete'(t, bench) {
    const body = pattern(LARGE);
    bench.origin.replies.set('/down-chunked', (_, connection) => {
      connection.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      connection.send(chunked(body));
    });
    const client = await openRaw(t, bench.port);
    client.send(message('GET /down-chunked HTTP/1.1|Host: a|Connection: close'));
    await client.ended();
    const { bytes } = client;
    assert.equal(sha256(content(bytes.subarray(bytes.indexOf('\r\n\r\n') + 4))), sha256(body));
  },
  async 'a server faster than its client is held back'(t, bench) {
    bench.origin.replies.set('/fast', (_, connection) => {
      connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${FLOOD}\r\n\r\n`);
      flood(connection);
    });
    const before = await memoryOf(bench.process.pid);
    const client = await openRaw(t, bench.port);
    client.socket.pause();
    client.send(message('GET /fast HTTP/1.1|Host: a'));
    const { connection } = await bench.origin.head('/fast');
    await until('the server to stall', standsStill(connection));
    assert.ok((await memoryOf(bench.process.pid)) - before < 60 * MEGABYTE);
    client.reset();
    await connection.ended();
  },
  async 'a client faster than its server is held back'(t, bench) {
    bench.origin.replies.set('/upload', (_, connection) => connection.socket.pause());
    const before = await memoryOf(bench.process.pid);
    const client = await openRaw(t, bench.port);
    client.send(message(`POST /upload HTTP/1.1|Host: a|Content-Length: ${FLOOD}`));
    const { connection } = await bench.origin.head('/upload');
    flood(client);
    await until('the client to stall', standsStill(client));
    assert.ok((await memoryOf(bench.process.pid)) - before < 60 * MEGABYTE);
    client.reset();
    connection.socket.resume();
    await connection.ended();
  },
  async 'an early response is sent during the upload, and the next request is served'(t, bench) {
    bench.origin.replies.set('/early', (_, connection) =>
      connection.send('HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno'),
    );
    const client = await openRaw(t, bench.port);
    client.send(message('POST /early HTTP/1.1|Host: a|Content-Length: 100000'));
    await client.expect(/no$/);
    client.send('x'.repeat(100_000));
    client.send(message('GET /next HTTP/1.1|Host: a|Connection: close'));
    assert.match(await client.rest(), /no[^]*HTTP\/1\.1 200 [^]*ok$/);
  },
  async 'an early response until close ends with its server, although the upload continues'(t, bench) {
    bench.origin.replies.set('/until-close', (_, connection) => {
      connection.send('HTTP/1.1 413 Too Large\r\n\r\nbig');
      connection.end();
    });
    const client = await openRaw(t, bench.port);
    client.send(message('POST /until-close HTTP/1.1|Host: a|Content-Length: 100||part'));
    await client.ended();
    assert.match(client.text, /^HTTP\/1\.1 413 [^]*big(\r\n0\r\n\r\n)?$/);
    client.send('x'.repeat(96));
    client.end();
    await bench.syslog.message(/ 413 \d+ - - ---- .*"POST \/until-close /);
  },
  async 'an early chunked response ends for an HTTP/1.0 client, although its upload continues'(t, bench) {
    bench.origin.replies.set('/dechunked', (_, connection) =>
      connection.send('HTTP/1.1 413 Too Large\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbig\r\n0\r\n\r\n'),
    );
    const client = await openRaw(t, bench.port);
    client.send(message('POST /dechunked HTTP/1.0|Content-Length: 100||part'));
    await client.ended();
    assert.match(client.text, /^HTTP\/1\.1 413 [^]*\r\n\r\nbig$/);
  },
  async 'a server connection whose response was complete before its request is not reused'(t, bench) {
    bench.origin.replies.set('/gadget', (_, connection) =>
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
    );
    const client = await openRaw(t, bench.port);
    client.send(message('POST /gadget HTTP/1.1|Host: a|Content-Length: 4||ab'));
    await client.expect(/ok$/);
    client.send('cd');
    client.send(message('GET /behind HTTP/1.1|Host: a'));
    await client.expect(/ok[^]*ok$/);
    assert.notEqual(bench.origin.to('/behind')[0]?.connection, bench.origin.to('/gadget')[0]?.connection);
  },
  async 'a 413 whose server closes reaches a client that keeps sending'(t, bench) {
    bench.origin.replies.set('/413', (_, connection) => {
      connection.send('HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig');
      connection.end();
    });
    const client = await openRaw(t, bench.port);
    client.send(message('POST /413 HTTP/1.1|Host: a|Content-Length: 1000000'));
    for (let sent = 0; sent < 1_000_000; sent += 100_000) client.send('x'.repeat(100_000));
    await client.expect(/^HTTP\/1\.1 413 [^]*big$/);
  },
};

for (const size of [0, 1, 8192, 8193, 65_536, LARGE]) {
  cases[`an upload of ${size} bytes arrives complete, with a length and chunked`] = async (t, bench) => {
    const body = pattern(size);
    for (const [target, head, bytes] of [
      [`/length/${size}`, `Content-Length: ${size}`, body],
      [`/chunks/${size}`, 'Transfer-Encoding: chunked', chunked(body)],
    ] as const) {
      const client = await openRaw(t, bench.port);
      let received: Buffer[] = [];
      bench.origin.replies.set(target, (_, connection) => {
        // Large bodies are collected separately: the scripted server's own text would be slow.
        connection.socket.removeAllListeners('data');
        received = [];
        connection.socket.on('data', (piece: Buffer) => received.push(piece));
      });
      client.send(message(`PUT ${target} HTTP/1.1|Host: a|${head}`));
      if (bytes.length > 0) client.send(bytes);
      const { connection, head: told } = await bench.origin.head(target);
      // A kept connection may have carried other requests before.
      const start = connection.text.slice(connection.text.lastIndexOf(told) + told.length);
      const all = (): Buffer => Buffer.concat([Buffer.from(start, 'latin1'), ...received]);
      const whole = (): Buffer => (/chunked/i.test(told) ? content(all()) : all());
      await until(
        'the body',
        () => received.reduce((sum, piece) => sum + piece.length, start.length) >= size && whole().length === size,
        15_000,
      );
      assert.equal(sha256(whole()), sha256(body));
      connection.send('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok');
      await client.expect(/ok$/);
    }
  };
}

conformance('bodies', {}, cases);
