import assert from 'node:assert/strict';
import test from 'node:test';
import { answering, startBench } from '../testing.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const WEBSOCKET =
  'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
const SWITCH =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n';

const limit = { timeout: 60_000 };

test('a large answer to a refused upgrade waits for its slow client, and arrives whole', limit, async (t) => {
  const size = 4_000_000;
  const bench = await startBench(t, (connection) => {
    connection.socket.once('data', () =>
      connection.send(`HTTP/1.1 403 No\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`),
    );
  });
  const client = await bench.open();
  client.socket.pause();
  client.send(WEBSOCKET);
  await bench.accepted(1);
  await bench.servers[0]?.expect(/\r\n\r\n$/);
  client.socket.resume();
  const text = await client.rest();
  assert.equal(text.length - text.indexOf('\r\n\r\n') - 4, size);
});

test('a tunnel carries bytes sent early from both sides, and either end closes it', limit, async (t) => {
  const bench = await startBench(t, (connection) => {
    connection.socket.once('data', () => connection.send(`${SWITCH}hello`));
  });
  const client = await bench.open();
  client.send(`${WEBSOCKET}early`);
  await client.expect(/^HTTP\/1\.1 101 [^]*\r\n\r\nhello$/);
  const server = bench.servers[0];
  await server?.expect(/early$/);
  client.socket.end('bye');
  await server?.expect(/earlybye$/);
  await server?.rest();
  server?.socket.end('last words');
  assert.match(await client.rest(), /hellolast words$/);
  await bench.logged(1);
  assert.deepEqual([bench.records[0]?.status, bench.records[0]?.termination], [101, '----']);
});

test('any protocol may be upgraded to, but h2c is an ordinary request', limit, async (t) => {
  const bench = await startBench(t, (connection) => {
    connection.socket.once('data', () =>
      connection.send(
        connection.text.includes('Upgrade: foo')
          ? 'HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n'
          : OK,
      ),
    );
  });
  const foo = await bench.open();
  foo.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n');
  await foo.expect(/^HTTP\/1\.1 101 Go\r\n/);
  const h2c = await bench.open();
  h2c.send(
    'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
  );
  await h2c.expect(/^HTTP\/1\.1 200 [^]*ok$/);
});

test('a refused upgrade is an ordinary, framed answer', limit, async (t) => {
  const bench = await startBench(
    t,
    answering('HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n'),
  );
  const client = await bench.open();
  client.send(WEBSOCKET);
  assert.match(await client.rest(), /^HTTP\/1\.1 401 [^]*Transfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n$/i);
});

test('a reset before the 101 and a server that ignores the end leave nothing open', limit, async (t) => {
  const bench = await startBench(
    t,
    (connection) => {
      if (bench.servers.length > 1) connection.socket.once('data', () => connection.send(SWITCH));
    },
    { backend: ['timeout tunnel 1h', 'timeout server-fin 100ms'], frontend: ['timeout client-fin 100ms'] },
  );
  const early = await bench.open();
  early.send(WEBSOCKET);
  await bench.accepted(1);
  early.socket.resetAndDestroy();
  await bench.logged(1);
  const client = await bench.open();
  client.send(WEBSOCKET);
  await client.expect(/101/);
  client.socket.end();
  await client.rest();
  await bench.logged(2);
  await bench.serversLeft();
});
