import assert from 'node:assert/strict';
import { requestLines, startAttacked } from '../../support/attacked.ts';
import { meaning } from '../../support/conformance.ts';
import { exchange, openRaw } from '../../support/raw.ts';
import { forEachEngine } from '../../support/scenario.ts';

const BODYLESS: Readonly<Record<string, readonly [method: string, reply: string]>> = {
  'a 204': ['GET', 'HTTP/1.1 204 No Content\r\n\r\n'],
  'a 304': ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'],
  'an answer to HEAD': ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'],
};

for (const [what, [method, reply]] of Object.entries(BODYLESS)) {
  forEachEngine(`${what} ends with its head, and the connection is kept`, async (t, engine) => {
    const { port, server } = await startAttacked(t, engine, reply);
    const client = await openRaw(t, port);
    client.send(`${method} /1 HTTP/1.1\r\nHost: a\r\n\r\n`);
    assert.doesNotMatch(await client.expect(/\r\n\r\n$/), /transfer-encoding/i);
    client.send(`${method} /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    assert.match(await client.rest(), /^HTTP\/1\.1 \d{3} [^]*\r\n\r\nHTTP\/1\.1 \d{3} [^]*\r\n\r\n$/);
    assert.equal(requestLines(server).length, 2);
  });
}

forEachEngine('an HTTP/1.0 client gets a body that ends with the connection', async (t, engine) => {
  const { port } = await startAttacked(t, engine, 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello');
  assert.match(await exchange(t, port, 'GET / HTTP/1.0\r\n\r\n'), /^HTTP\/1\.[01] 200 [^]*\r\n\r\nhello$/);
});

forEachEngine('an HTTP/1.0 client is never sent chunks', async (t, engine) => {
  const { port } = await startAttacked(
    t,
    engine,
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  );
  const answer = await exchange(t, port, 'GET / HTTP/1.0\r\nHost: a\r\n\r\n');
  assert.match(answer, /\r\n\r\nhello$/);
  assert.doesNotMatch(answer, /transfer-encoding/i);
});

forEachEngine('a body without length ends when the server closes', async (t, engine) => {
  const { port } = await startAttacked(t, engine, (connection) => {
    void connection.expect('\r\n\r\n').then(
      () => {
        connection.send('HTTP/1.1 200 OK\r\n\r\nuntil the end');
        connection.end();
      },
      () => {},
    );
  });
  const answer = await exchange(t, port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.match(answer, /until the end(\r\n0\r\n\r\n)?$/);
});

forEachEngine('a refused upgrade keeps the framing it declares', async (t, engine) => {
  const { port } = await startAttacked(
    t,
    engine,
    'HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n',
  );
  const client = await openRaw(t, port);
  client.send(
    'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  const answer = await client.expect(/no/);
  const chunked = /transfer-encoding: chunked/i.test(answer);
  await client.expect(chunked ? /\r\n\r\n2\r\nno\r\n0\r\n\r\n$/ : /\r\n\r\nno$/);
});

forEachEngine('an early response arrives while the upload continues', async (t, engine) => {
  const { port } = await startAttacked(
    t,
    engine,
    'HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig',
  );
  const client = await openRaw(t, port);
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nstart');
  assert.match(await client.expect(/big$/), /^HTTP\/1\.1 413 /);
});

forEachEngine('a response that arrives byte by byte is the same response', async (t, engine) => {
  const { port } = await startAttacked(t, engine, (connection) => {
    const answer =
      'HTTP/1.1 200 OK\r\nX-One: two\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nX-Trailer: z\r\n\r\n';
    void connection.expect('\r\n\r\n').then(
      () => connection.trickle(answer),
      () => {},
    );
  });
  const client = await openRaw(t, port);
  client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const answer = await client.rest();
  // An engine may re-encode chunks as the bytes arrive.
  assert.equal(meaning(answer), 'HTTP/1.1 200 OK\ntransfer-encoding: chunked\nx-one: two\n\nhello');
  assert.match(answer, /\r\n0\r\n([^\r\n]+\r\n)*\r\n$/);
});
