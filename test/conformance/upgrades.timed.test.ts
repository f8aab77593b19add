import assert from 'node:assert/strict';
import { conformance, message } from '../support/conformance.ts';
import type { Bench, Case } from '../support/conformance.ts';
import type { TestContext } from 'node:test';
import { openRaw } from '../support/raw.ts';
import type { RawSocket } from '../support/raw.ts';
import { until } from '../support/until.ts';

const WEBSOCKET =
  'Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 13|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 'Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/** Opens a tunnel whose two ends are controlled by the test. */
async function open(
  t: TestContext,
  bench: Bench,
  target: string,
  offer = WEBSOCKET,
  accept = ACCEPT,
  behind = '',
  early = '',
): Promise<{ client: RawSocket; server: RawSocket }> {
  bench.origin.replies.set(target, (_, connection) =>
    connection.send(`${message(`HTTP/1.1 101 Switching Protocols|${accept}`)}${behind}`),
  );
  const client = await openRaw(t, bench.port);
  client.send(message(`GET ${target} HTTP/1.1|Host: a|${offer}`) + early);
  await client.expect(/^HTTP\/1\.1 101 [^]*\r\n\r\n/);
  const { connection } = await bench.origin.head(target);
  return { client, server: connection };
}

const cases: Record<string, Case | Case['run']> = {
  async 'a WebSocket: bytes of every value pass both ways'(t, bench) {
    const { client, server } = await open(t, bench, '/ws');
    const all = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    client.send(all);
    await server.expect(all.toString('latin1'));
    server.send(all);
    await client.expect(all.toString('latin1'));
    client.end();
    await server.ended();
    server.end();
    await client.ended();
  },
  async 'any other protocol, with several offered'(t, bench) {
    const { client, server } = await open(
      t,
      bench,
      '/foo',
      'Connection: keep-alive, upgrade|Upgrade: foo/2, bar',
      'Connection: upgrade|Upgrade: foo/2',
    );
    assert.match(bench.origin.to('/foo')[0]?.head ?? '', /^Connection: upgrade\r\n/im);
    assert.match(bench.origin.to('/foo')[0]?.head ?? '', /^Upgrade: foo\/2, bar\r\n/im);
    assert.match(client.text, /^Upgrade: foo\/2\r\n/im);
    server.send('hello');
    await client.expect(/hello$/);
  },
  async 'bytes directly after the 101 reach the client'(t, bench) {
    const { client } = await open(t, bench, '/behind', WEBSOCKET, ACCEPT, 'first words');
    await client.expect(/\r\n\r\nfirst words$/);
  },
  async 'bytes directly after the request reach the server, after the 101'(t, bench) {
    const { server } = await open(t, bench, '/early', WEBSOCKET, ACCEPT, '', 'early words');
    await server.expect(/\r\n\r\nearly words$/);
  },
  async 'after a request that is still being answered it waits'(t, bench) {
    bench.origin.replies.set('/before', () => {});
    bench.origin.replies.set('/after', (_, connection) =>
      connection.send(message(`HTTP/1.1 101 Switching Protocols|${ACCEPT}`)),
    );
    const client = await openRaw(t, bench.port);
    client.send(
      `${message('GET /before HTTP/1.1|Host: a')}${message(`GET /after HTTP/1.1|Host: a|${WEBSOCKET}`)}early`,
    );
    const before = await bench.origin.head('/before');
    client.send(' words');
    assert.equal(bench.origin.to('/after').length, 0);
    before.connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    await client.expect(/okHTTP\/1\.1 101 [^]*\r\n\r\n$/);
    await (await bench.origin.head('/after')).connection.expect(/early words$/);
  },
  async 'CONNECT: a 101, which it cannot request, is a 502'(t, bench) {
    bench.origin.replies.set(
      'odd:101',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\nsecret',
    );
    const client = await openRaw(t, bench.port);
    client.send(message('CONNECT odd:101 HTTP/1.1|Host: odd:101'));
    const text = await client.expect(/<\/html>\n$/);
    assert.match(text, /^HTTP\/1\.1 502 /);
    assert.doesNotMatch(text, /secret|101/);
  },

  async 'the upgrade option is forwarded unchanged, both ways'(t, bench) {
    for (const [sent, word] of [
      ['upgrade', 'upgrade'],
      ['Upgrade', 'Upgrade'],
      ['keep-alive, UPGRADE', 'UPGRADE'],
      ['upGrade , Keep-Alive', 'upGrade'],
    ]) {
      const target = `/letters/${word}`;
      bench.origin.replies.set(
        target,
        `HTTP/1.1 101 Switching Protocols\r\nConnection: ${word}\r\nUpgrade: foo\r\n\r\n`,
      );
      const client = await openRaw(t, bench.port);
      client.send(message(`GET ${target} HTTP/1.1|Host: a|Connection: ${sent}|Upgrade: foo`));
      const text = await client.expect(/\r\n\r\n$/);
      assert.match(text, new RegExp(`^HTTP/1\\.1 101 [^]*\r\nConnection: ${word}\r\n`));
      const [request] = bench.origin.to(target);
      assert.match(request?.head ?? '', new RegExp(`\r\nConnection: ${word}\r\nUpgrade: foo\r\n`));
      client.socket.destroy();
    }
  },

  async 'CONNECT: a 200 opens the tunnel'(t, bench) {
    bench.origin.replies.set('db:5432', (_, connection) => connection.send('HTTP/1.1 200 Connected\r\n\r\n'));
    const client = await openRaw(t, bench.port);
    client.send(message('CONNECT db:5432 HTTP/1.1|Host: db:5432'));
    await client.expect(/^HTTP\/1\.1 200 [^]*\r\n\r\n/);
    const { connection } = await bench.origin.head('db:5432');
    client.send('\0\x01raw');
    await connection.expect('\0\x01raw');
    connection.send('\xffback');
    await client.expect(/\xffback$/);
  },
  async 'CONNECT: the 200 has no length, whatever the server sends (RFC 9110 §9.3.6)'(t, bench) {
    bench.origin.replies.set('odd:1', (_, connection) =>
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello and more'),
    );
    const client = await openRaw(t, bench.port);
    client.send(message('CONNECT odd:1 HTTP/1.1|Host: odd:1'));
    await client.expect(/\r\n\r\nhello and more$/);
    assert.doesNotMatch(client.text, /content-length|transfer-encoding/i);
  },
  async 'CONNECT refused: bytes meant for the tunnel are not a request (RFC 9931)'(t, bench) {
    bench.origin.replies.set('no:1', 'HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno');
    const client = await openRaw(t, bench.port);
    client.send(message('CONNECT no:1 HTTP/1.1|Host: no:1') + message('GET /inside HTTP/1.1|Host: a'));
    assert.match(
      await client.rest(),
      bench.engine === 'wire'
        ? /^HTTP\/1\.1 403 [^]*\r\nConnection: close\r\n\r\nno$/
        : /^HTTP\/1\.1 502 [^]*<\/html>\n$/,
    );
    assert.deepEqual(bench.origin.to('/inside'), []);
  },
  'a refused upgrade is an ordinary response, and the connection is kept': {
    except: { 'http-proxy': 'a refused upgrade ends the connection' },
    async run(t, bench) {
      bench.origin.replies.set('/no', message('HTTP/1.1 403 No|Content-Length: 2||no'));
      const client = await openRaw(t, bench.port);
      client.send(message(`GET /no HTTP/1.1|Host: a|${WEBSOCKET}`));
      await client.expect(/no$/);
      client.send(message('GET /next HTTP/1.1|Host: a'));
      await client.expect(/ok$/);
      assert.notEqual(
        bench.origin.to('/next').at(-1)?.connection,
        bench.origin.to('/no')[0]?.connection,
        'the server connection is not reused',
      );
    },
  },
  async 'h2c is not forwarded: the request is treated as an ordinary one'(t, bench) {
    const client = await openRaw(t, bench.port);
    client.send(
      message('GET /h2c HTTP/1.1|Host: a|Connection: Upgrade, HTTP2-Settings|Upgrade: h2c|HTTP2-Settings: AAMAAABk'),
    );
    await client.expect(/ok$/);
    assert.doesNotMatch(bench.origin.to('/h2c')[0]?.head ?? '', /upgrade|http2/i);
  },
  async 'bytes after an upgrade that is not forwarded are never parsed from the middle'(t, bench) {
    const sent = message('GET /inside HTTP/1.1|Host: a');
    const requests = [
      `GET /ignored HTTP/1.1|Host: a|Connection: Upgrade|Upgrade: h2c`,
      `GET /ignored HTTP/1.1|Host: a|Proxy-Connection: Upgrade|Upgrade: foo`,
    ];
    for (const request of requests) {
      const before = bench.origin.requests.length;
      bench.origin.replies.set('/ignored', () => {});
      const client = await openRaw(t, bench.port);
      client.send(
        message(request) + message(`POST /pipelined HTTP/1.1|Host: a|Connection: close|Content-Length: ${sent.length}`),
      );
      const { connection } = await until('the request', () => bench.origin.requests[before]);
      client.send(sent);
      connection.send(message('HTTP/1.1 200 OK|Content-Length: 2||ok'));
      assert.match(
        await client.rest(),
        bench.engine === 'wire' ? /ok[^]*ok$/ : /^HTTP\/1\.1 200 [^]*\r\nConnection: close\r\n[^]*ok$/,
      );
      assert.deepEqual(bench.origin.to('/inside'), []);
    }
  },
  async 'an upgrade to a protocol called CONNECT is not a CONNECT: a 200 opens no tunnel'(t, bench) {
    const client = await openRaw(t, bench.port);
    client.send(message('GET /named HTTP/1.1|Host: a|Connection: Upgrade|Upgrade: CONNECT'));
    await client.expect(/^HTTP\/1\.1 200 [^]*\r\nContent-Length: 2\r\n[^]*ok$/);
    client.send('\x01 no request\r\n\r\n');
    await client.ended();
    assert.doesNotMatch(bench.origin.server.text, /no request/);
    assert.match(bench.origin.to('/named')[0]?.head ?? '', /^Upgrade: CONNECT\r$/im);
  },
  async 'a tunnel carries megabytes both ways at once'(t, bench) {
    const { client, server } = await open(t, bench, '/much');
    const much = Buffer.alloc(5_000_000, 'm');
    // Both heads are complete, so every byte from here on is the tunnel's.
    const before = [client.count, server.count] as const;
    client.socket.write(much);
    server.socket.write(much);
    const carried = (): number[] => [client.count - before[0], server.count - before[1]];
    await until('all of it', () => carried().every((count) => count >= much.length), 15_000);
    assert.deepEqual(carried(), [much.length, much.length]);
  },
};

const INVALID: Readonly<Record<string, string>> = {
  'without Connection: upgrade': 'HTTP/1.1 101 Go|Upgrade: websocket|Sec-WebSocket-Accept: x',
  'without Upgrade': 'HTTP/1.1 101 Go|Connection: Upgrade|Sec-WebSocket-Accept: x',
  'without Sec-WebSocket-Accept': 'HTTP/1.1 101 Go|Connection: Upgrade|Upgrade: websocket',
  'to a protocol that was not offered': 'HTTP/1.1 101 Go|Connection: Upgrade|Upgrade: h2c|Sec-WebSocket-Accept: x',
  'to a protocol more than was offered':
    'HTTP/1.1 101 Go|Connection: Upgrade|Upgrade: websocket|Upgrade: foo|Sec-WebSocket-Accept: x',
  'in HTTP/1.0': `HTTP/1.0 101 Go|${ACCEPT}`,
};

for (const [what, reply] of Object.entries(INVALID)) {
  cases[`a 101 ${what} is a 502`] = async (t, bench) => {
    const target = `/invalid/${what.replaceAll(/\W/g, '-')}`;
    bench.origin.replies.set(target, (_, connection) => connection.send(message(reply)));
    const client = await openRaw(t, bench.port);
    client.send(message(`GET ${target} HTTP/1.1|Host: a|${WEBSOCKET}`));
    await client.expect(/^HTTP\/1\.1 502 [^]*<\/html>\n$/);
    await bench.origin.to(target)[0]?.connection.ended();
  };
}

conformance('upgrades', {}, cases);
