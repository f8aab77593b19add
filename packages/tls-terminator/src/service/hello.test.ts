import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { connect } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { MOST_HELLO } from '@headgate/shared/tls/client-hello';
import { readHello, type Hello } from './hello.ts';

/** The first bytes that a real client sends. */
async function helloOf(options: ConnectionOptions): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = connect({ port, host: '127.0.0.1', ...options });
  client.on('error', () => {});
  const [socket] = await once(server, 'connection');
  let bytes = Buffer.alloc(0);
  while (bytes.length < 5 || bytes.length < 5 + bytes.readUInt16BE(3)) {
    const [chunk] = await once(socket, 'data');
    bytes = Buffer.concat([bytes, chunk]);
  }
  client.destroy();
  socket.destroy();
  server.close();
  return bytes;
}

const hello = await helloOf({ servername: 'Dev-Coltrane.example.test', ALPNProtocols: ['h2', 'http/1.1'] });

/** The same message in records of `size` bytes. */
function cut(bytes: Buffer, size: number): Buffer {
  const pieces: Buffer[] = [];
  for (let offset = 5; offset < bytes.length; offset += size) {
    const piece = bytes.subarray(offset, offset + size);
    pieces.push(Buffer.from([22, 3, 1, piece.length >> 8, piece.length & 255]), piece);
  }
  return Buffer.concat(pieces);
}

/** What names and protocols it has. */
function partOf(found: Hello): Partial<Hello> {
  if (found.kind !== 'hello') return found;
  const { offers: _offers, version: _version, ...part } = found;
  return part;
}

describe('readHello', () => {
  const found = { kind: 'hello', serverName: 'dev-coltrane.example.test', alpn: ['h2', 'http/1.1'] };

  it('finds the server name and the protocols in the hello of a real client', () =>
    assert.deepEqual(partOf(readHello(hello)), found));

  it('finds what the client can do', async () => {
    const sigalgs = 'ECDSA+SHA256:RSA-PSS+SHA256';
    const read = readHello(
      await helloOf({
        servername: 'a.test',
        ciphers: 'TLS_AES_128_GCM_SHA256',
        minVersion: 'TLSv1.3',
        ecdhCurve: 'X25519:prime256v1',
        sigalgs,
      }),
    );
    assert.ok(read.kind === 'hello');
    const { suites, versions, groups, signatures, extensions } = read.offers;
    assert.deepEqual(
      [read.version, suites[0], versions, groups, signatures],
      [0x0303, 0x1301, [0x0304], [29, 23], [0x0403, 0x0804]],
    );
    assert.ok(
      [0, 10, 13, 43].every((kind) => extensions.includes(kind)),
      extensions.join(),
    );
  });

  it('waits at every cut, and finds the same with all of it', () => {
    for (let length = 0; length < hello.length; length += 1)
      assert.deepEqual(readHello(hello.subarray(0, length)), { kind: 'need-more' }, String(length));
  });

  it('puts a message together that was cut into records of any size', () => {
    for (const size of [1, 2, 3, 50, 517])
      assert.deepEqual(readHello(cut(hello, size)), readHello(hello), String(size));
  });

  it('a client without a name has an empty one', async () => {
    const bare = readHello(await helloOf({ maxVersion: 'TLSv1.2' }));
    assert.deepEqual(partOf(bare), { kind: 'hello', serverName: '', alpn: [] });
  });

  it('what is not TLS is something else at its first byte', () => {
    for (const text of ['GET / HTTP/1.1\r\n', 'SSH-2.0-x', '\u0080', '\0'])
      assert.deepEqual(readHello(Buffer.from(text, 'latin1')), { kind: 'other' });
    assert.deepEqual(readHello(Buffer.from([22, 2])), { kind: 'other' });
    assert.deepEqual(readHello(Buffer.from([22, 3, 1, 0, 5, 2, 0, 0, 1, 0])), { kind: 'other' });
  });

  it('gives up on a message that is larger than any real one', () => {
    const endless = Buffer.alloc(MOST_HELLO);
    endless.set([22, 3, 1, 64, 0, 1, 255, 255, 255]);
    assert.deepEqual(readHello(endless), { kind: 'other' });
    const dribbled = cut(
      Buffer.concat([hello.subarray(0, 5), Buffer.from([1, 255, 255, 255]), Buffer.alloc(MOST_HELLO)]),
      1,
    );
    assert.deepEqual(readHello(dribbled.subarray(0, MOST_HELLO)), { kind: 'other' });
  });

  it('never throws, whatever one byte is', () => {
    for (let index = 0; index < hello.length; index += 1) {
      for (const value of [0, 1, 127, 255]) {
        const damaged = Buffer.from(hello);
        damaged[index] = value;
        assert.ok(['hello', 'other', 'need-more'].includes(readHello(damaged).kind));
      }
    }
  });
});
