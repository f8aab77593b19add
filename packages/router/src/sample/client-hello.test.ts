import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { before, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { helloType, readClientHello } from './client-hello.ts';
import { more } from './more.ts';

/** What Node's own client begins with. */
async function recorded(servername: string, ALPNProtocols: readonly string[]): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect({ port, host: '127.0.0.1', servername, ALPNProtocols: [...ALPNProtocols] });
  client.on('error', () => {});
  const [socket] = await once(server, 'connection');
  const [bytes] = await once(socket, 'data');
  client.destroy();
  socket.destroy();
  server.close();
  return (bytes as Buffer).toString('latin1');
}

describe('a ClientHello', () => {
  let hello = '';
  before(async () => {
    hello = await recorded('www.example.org', ['h2', 'http/1.1']);
  });

  it('tells its server name, its protocols and its version', () => {
    assert.equal(helloType(hello), 1);
    const told = readClientHello(hello);
    assert.ok(typeof told === 'object');
    const { version, serverName, protocols } = told;
    assert.deepEqual([version, serverName, protocols], [0x0303, 'www.example.org', ['h2', 'http/1.1']]);
  });

  it('is waited for at every length short of its own', () => {
    for (let length = 0; length < hello.length; length += 1)
      assert.equal(readClientHello(hello.slice(0, length)), more, `${length} bytes`);
    assert.notEqual(readClientHello(`${hello}and more`), more);
  });

  it('is read across records', () => {
    const body = hello.slice(5);
    const record = (part: string): string =>
      `\x16\x03\x01${String.fromCharCode(part.length >> 8, part.length & 0xff)}${part}`;
    for (const size of [1, 2, 3, 7, 100]) {
      let split = '';
      for (let at = 0; at < body.length; at += size) split += record(body.slice(at, at + size));
      const read = readClientHello(split);
      assert.equal(typeof read === 'object' ? read.serverName : read, 'www.example.org', `records of ${size} bytes`);
    }
  });

  it('with any byte changed is read, refused or waited for, and never throws', () => {
    for (let at = 0; at < hello.length; at += 1)
      for (const byte of [0, 1, 0x7f, 0x80, 0xff])
        readClientHello(hello.slice(0, at) + String.fromCharCode(byte) + hello.slice(at + 1));
  });

  const others = ['GET / HTTP/1.1\r\n', 'SSH-2.0-x\r\n', '\x15\x03\x01\0\x02\x02\x28', '\x16\x02\x00'];
  for (const text of others) it(`is not ${JSON.stringify(text)}`, () => assert.equal(readClientHello(text), undefined));

  it('that claims to be longer than any is refused at once', () => {
    assert.equal(readClientHello('\x16\x03\x01\x00\x05\x01\xff\xff\xff\x00'), undefined);
  });
});
