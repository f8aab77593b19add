import assert from 'node:assert/strict';
import test from 'node:test';
import { answering, startBench } from './testing.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const LAST = 'GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
const WEBSOCKET = 'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n';

const limit = { timeout: 6_000 };

test('requests of one client share its connection and the server connection', limit, async (t) => {
  const bench = await startBench(t, answering(OK));
  const client = await bench.open();
  for (let i = 1; i <= 3; i += 1) {
    client.send(GET);
    await client.expect(new RegExp(`(ok[^]*){${i}}$`));
  }
  await bench.logged(3);
  assert.equal(bench.servers.length, 1);
  assert.deepEqual(bench.records.map(({ status, termination }) => [status, termination]), Array(3).fill([200, '----']));
  assert.ok(bench.records.every(({ bytesToClient }) => bytesToClient > 20));
});

test('headers keep their spelling and repetition; X-Forwarded-For comes behind what the client sent', limit, async (t) => {
  const bench = await startBench(t, answering('HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Odd: 1\r\nContent-Length: 0\r\n\r\n'), { backend: ['option forwardfor'] });
  const client = await bench.open();
  client.send('GET //a//b/? HTTP/1.1\r\nHost: a\r\nX-Odd: 1\r\nx-forwarded-for: 6.6.6.6\r\nx-odd: 2\r\nKeep-Alive: 5\r\nConnection: close, X-Gone\r\nX-Gone: 1\r\nTrailer: x\r\n\r\n');
  const answer = await client.rest();
  const sent = bench.servers[0]?.text ?? '';
  assert.match(sent, /^GET \/\/a\/\/b\/\? HTTP\/1\.1\r\nHost: a\r\nX-Odd: 1\r\nX-Odd: 2\r\nx-forwarded-for: 6\.6\.6\.6\r\nx-forwarded-for: 127\.0\.0\.1\r\n/);
  assert.doesNotMatch(sent, /gone|trailer|keep-alive: 5/i);
  assert.match(answer, /Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Odd: 1\r\n/);
  assert.doesNotMatch(answer, /^date|^keep-alive/im);
});

for (const method of ['DELETE', 'OPTIONS', 'GET', 'POST']) {
  test(`a chunked ${method} keeps its chunks, and what is inside is never a request`, limit, async (t) => {
    const bench = await startBench(t, answering(OK));
    const client = await bench.open();
    const inner = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
    client.send(`${method} / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`);
    assert.match(await client.rest(), /^HTTP\/1\.1 200 /);
    assert.match(bench.servers[0]?.text ?? '', /^Transfer-Encoding: chunked\r$/m);
    assert.doesNotMatch(bench.servers[0]?.text ?? '', /^content-length/im);
  });
}

test('pipelined requests reach the server one after the other', limit, async (t) => {
  const bench = await startBench(t, () => undefined);
  const client = await bench.open();
  client.send(GET + LAST);
  await bench.accepted(1);
  const server = bench.servers[0];
  await server?.expect(/\r\n\r\n$/);
  assert.doesNotMatch(server?.text ?? '', /last/);
  server?.send(OK);
  await server?.expect(/last[^]*\r\n\r\n$/);
  server?.send(OK);
  assert.match(await client.rest(), /ok[^]*ok$/);
});

test('a request cut by the end of its client never leaves, and those before it are answered', limit, async (t) => {
  const bench = await startBench(t, answering(OK));
  const client = await bench.open();
  client.send(`${GET}${GET}POST /torn HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nhello`);
  client.socket.end();
  assert.match(await client.rest(), /^(HTTP\/1\.1 200 [^]*?ok){2}$/);
  await bench.logged(2);
  for (const server of bench.servers) assert.doesNotMatch(server.text, /torn/);
});

test('with pool-max-conn 0 no server connection is used twice', limit, async (t) => {
  const bench = await startBench(t, answering(OK), { server: 'pool-max-conn 0' });
  const client = await bench.open();
  client.send(GET + LAST);
  await client.rest();
  await bench.logged(2);
  assert.equal(bench.servers.length, 2);
  await bench.serversLeft();
});

test('bytes behind a request that are none get a 400 after the good answer', limit, async (t) => {
  const bench = await startBench(t, answering(OK));
  const client = await bench.open();
  client.send(`${GET}\0\0\0\r\n\r\n`);
  assert.match(await client.rest(), /^HTTP\/1\.1 200 [^]*ok?HTTP\/1\.1 400 /);
});

test('what Node would write badly or not at all is a 502', limit, async (t) => {
  for (const answer of ['HTTP/1.1 099 What\r\nContent-Length: 0\r\n\r\n', 'HTTP/1.1 101 No\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n']) {
    const bench = await startBench(t, answering(answer));
    const client = await bench.open();
    client.send(LAST);
    assert.match(await client.rest(), /^HTTP\/1\.1 502 /, answer);
    assert.equal(bench.records[0]?.termination, 'PH--');
  }
});

test('a server that dies in its answer cuts the client off', limit, async (t) => {
  for (const head of ['Content-Length: 100', 'Transfer-Encoding: chunked']) {
    const bench = await startBench(t, (connection) => {
      connection.socket.once('data', () => connection.socket.end(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n4\r\nhalf\r\n`));
    });
    const client = await bench.open();
    client.send(GET);
    assert.doesNotMatch(await client.rest(), /\r\n0\r\n\r\n$/);
    await bench.logged(1);
    assert.equal(bench.records[0]?.termination, 'SD--');
  }
});

test('a server that hangs up on a kept connection is asked again on a new one', limit, async (t) => {
  let connections = 0;
  const bench = await startBench(t, (connection) => {
    connections += 1;
    if (connections === 1) {
      connection.socket.once('data', () => {
        connection.send(OK);
        connection.socket.once('data', () => connection.socket.resetAndDestroy());
      });
    } else answering(OK)(connection);
  });
  const client = await bench.open();
  client.send(GET);
  await client.expect(/ok$/);
  client.send(LAST);
  assert.match(await client.rest(), /ok[^]*ok$/);
  await bench.logged(2);
  assert.equal(connections, 2);
  assert.equal(bench.records[1]?.retries, 0);
});

test('interim answers pass, and Expect with them', limit, async (t) => {
  const bench = await startBench(t, (connection) => {
    connection.socket.once('data', () => {
      connection.send('HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n');
      connection.socket.once('data', () => connection.send(OK));
    });
  });
  const client = await bench.open();
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n');
  await client.expect(/^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a\.css>\r\n\r\nHTTP\/1\.1 100 Continue\r\n\r\n$/);
  client.send('body');
  assert.match(await client.rest(), /HTTP\/1\.1 200 [^]*ok$/);
  assert.match(bench.servers[0]?.text ?? '', /Expect: 100-continue\r\n\r\nbody$/);
});

test('an HTTP/1.0 client gets no chunks, and a cut answer does not look whole to it', limit, async (t) => {
  const bench = await startBench(t, answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'));
  const client = await bench.open();
  client.send('GET / HTTP/1.0\r\n\r\n');
  assert.match(await client.rest(), /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nok$/);
});

test('a large answer to a refused upgrade waits for its slow client, and arrives whole', limit, async (t) => {
  const size = 4_000_000;
  const bench = await startBench(t, (connection) => {
    connection.socket.once('data', () => connection.send(`HTTP/1.1 403 No\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`));
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

test('an answer that ends with the server connection ends the client connection too', limit, async (t) => {
  const bench = await startBench(t, (connection) => {
    connection.socket.once('data', () => connection.socket.end('HTTP/1.1 200 OK\r\n\r\nuntil the end'));
  });
  const client = await bench.open();
  client.send(GET);
  assert.match(await client.rest(), /connection: close\r\n[^]*until the end/i);
});

test('bodiless answers end with their head', limit, async (t) => {
  for (const [method, answer] of [['GET', 'HTTP/1.1 204 No\r\n\r\n'], ['GET', 'HTTP/1.1 304 No\r\nContent-Length: 5\r\n\r\n'], ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n']]) {
    const bench = await startBench(t, answering(answer ?? ''));
    const client = await bench.open();
    client.send(`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`);
    await client.expect(/\r\n\r\n$/);
    client.send(`${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    const text = await client.rest();
    assert.equal(text.split('HTTP/1.1 ').length, 3, text);
    assert.doesNotMatch(text, /transfer-encoding/i);
  }
});

const REFUSED: Readonly<Record<string, string>> = {
  'two lengths': 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
  'a length with chunks': 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
  'two hosts': 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'no host': 'GET / HTTP/1.1\r\n\r\n',
  'another protocol': '\x16\x03\x01\x02\x00\x01\x00',
  'a head too large': `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
  'too many lines': `GET / HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(120)}\r\n`,
};

for (const [what, bytes] of Object.entries(REFUSED)) {
  test(`${what}: refused in HAProxy's words, logged, never passed on`, limit, async (t) => {
    const bench = await startBench(t, answering(OK));
    const client = await bench.open();
    client.send(bytes);
    assert.match(await client.rest(), /^HTTP\/1\.1 4(00|31) [^]*Content-length: \d+\r\nCache-Control: no-cache\r\nConnection: close\r\n/);
    await bench.logged(1);
    assert.equal(bench.records[0]?.requestLine, '<BADREQ>');
    assert.equal(bench.records[0]?.termination, 'PR--');
    assert.equal(bench.servers.length, 0);
  });
}

test('a chunk that breaks its framing ends the exchange as bad', limit, async (t) => {
  const bench = await startBench(t, () => undefined);
  const client = await bench.open();
  client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n');
  assert.match(await client.rest(), /^HTTP\/1\.1 400 /);
  await bench.logged(1);
  await bench.serversLeft();
});

const TIMEOUTS: Readonly<Record<string, readonly [frontend: string, backend: string, send: string, status: string, termination: string]>> = {
  'a head that never ends': ['timeout http-request 100ms', '', 'GET / HT', '408', 'cR--'],
  'a body that never ends': ['timeout client 100ms', '', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab', '408', 'cH--'],
  'a server that never answers': ['', 'timeout server 100ms', GET, '504', 'sH--'],
};

for (const [what, [frontend, backend, bytes, status, termination]] of Object.entries(TIMEOUTS)) {
  test(`${what} runs into its timeout: ${status} ${termination}`, limit, async (t) => {
    const bench = await startBench(t, () => undefined, { frontend: [frontend], backend: [backend] });
    const client = await bench.open();
    client.send(bytes);
    await client.expect(new RegExp(`^HTTP/1.1 ${status} [^]*</html>`));
    assert.equal(bench.records[0]?.termination, termination);
  });
}

test('an idle kept connection is closed without a word', limit, async (t) => {
  const bench = await startBench(t, answering(OK), { frontend: ['timeout http-keep-alive 100ms'] });
  const client = await bench.open();
  client.send(GET);
  assert.match(await client.rest(), /ok$/);
  assert.equal(bench.records.length, 1);
});

test('a server that cannot be reached is a 503 after its retries', limit, async (t) => {
  const bench = await startBench(t, () => undefined, { port: 1, backend: ['retries 1', 'timeout connect 50ms'] });
  const client = await bench.open();
  client.send(LAST);
  assert.match(await client.rest(), /^HTTP\/1\.1 503 /);
  assert.deepEqual([bench.records[0]?.retries, bench.records[0]?.termination], [1, 'SC--']);
});

test('aborted requests leave no connection to the server', limit, async (t) => {
  const bench = await startBench(t, () => undefined);
  const clients = await Promise.all(Array.from({ length: 10 }, () => bench.open()));
  for (const client of clients) client.send(GET);
  await bench.accepted(10);
  for (const { socket } of clients) socket.resetAndDestroy();
  await bench.logged(10);
  await bench.serversLeft();
  assert.ok(bench.records.every(({ termination }) => termination === 'CH--' || termination === 'CC--'));
});

test('an early answer arrives while the upload goes on', limit, async (t) => {
  const bench = await startBench(t, (connection) => {
    connection.socket.once('data', () => connection.socket.end('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig'));
  });
  const client = await bench.open();
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nstart');
  await client.expect(/^HTTP\/1\.1 413 [^]*big$/);
  client.send('x'.repeat(99_995));
  client.send(LAST);
  await client.expect(/HTTP\/1\.1 413 [^]*HTTP\/1\.1 413 /);
});

test('after an early answer and the rest of its upload the connection is an idle one', limit, async (t) => {
  const bench = await startBench(
    t,
    (connection) => {
      connection.socket.once('data', () => connection.send('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig'));
    },
    { frontend: ['timeout http-keep-alive 100ms'] },
  );
  const client = await bench.open();
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nstart');
  await client.expect(/big$/);
  client.send('rest.');
  assert.match(await client.rest(), /big$/);
  assert.equal(bench.records.length, 1);
});

test('a redirect in the rules is answered here, keeping the connection', limit, async (t) => {
  const bench = await startBench(t, answering(OK), { frontend: ['redirect prefix https://b if { path /old }'] });
  const client = await bench.open();
  client.send('GET /old HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.expect(/^HTTP\/1\.1 302 Found\r\ncontent-length: 0\r\nlocation: https:\/\/b\/old\r\n[^]*\r\n\r\n$/i);
  client.send(LAST);
  assert.match(await client.rest(), /ok$/);
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
    connection.socket.once('data', () => connection.send(connection.text.includes('Upgrade: foo') ? 'HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n' : OK));
  });
  const foo = await bench.open();
  foo.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n');
  await foo.expect(/^HTTP\/1\.1 101 Go\r\n/);
  const h2c = await bench.open();
  h2c.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n');
  await h2c.expect(/^HTTP\/1\.1 200 [^]*ok$/);
});

test('a refused upgrade is an ordinary, framed answer', limit, async (t) => {
  const bench = await startBench(t, answering('HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n'));
  const client = await bench.open();
  client.send(WEBSOCKET);
  assert.match(await client.rest(), /^HTTP\/1\.1 401 [^]*Transfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n$/i);
});

test('a reset before the 101 and a server that ignores the end leave nothing open', limit, async (t) => {
  const bench = await startBench(t, (connection) => {
    if (bench.servers.length > 1) connection.socket.once('data', () => connection.send(SWITCH));
  }, { backend: ['timeout tunnel 1h', 'timeout server-fin 100ms'], frontend: ['timeout client-fin 100ms'] });
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

test('draining ends idle connections now and busy ones behind their answer', limit, async (t) => {
  const bench = await startBench(t, (connection) => {
    connection.socket.on('data', () => {
      if (connection.text.includes('/last')) bench.engine.drain();
      connection.send(OK);
    });
  });
  const idle = await bench.open();
  idle.send(GET);
  await idle.expect(/ok$/);
  const busy = await bench.open();
  busy.send('GET /last HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.match(await busy.rest(), /connection: close\r\n[^]*ok$/i);
  await idle.rest();
});

test('send-proxy tells the server who the client is, on a connection of its own', limit, async (t) => {
  const bench = await startBench(t, answering(OK), { server: 'send-proxy' });
  const client = await bench.open();
  client.send(GET);
  await client.expect(/ok$/);
  client.send(LAST);
  await client.rest();
  assert.equal(bench.servers.length, 2);
  assert.match(bench.servers[1]?.text ?? '', /^PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ \d+\r\nGET \/last /);
});

test('closing ends everything', limit, async (t) => {
  const bench = await startBench(t, () => undefined);
  const client = await bench.open();
  client.send(GET);
  await bench.accepted(1);
  bench.engine.close();
  await client.rest();
  assert.match(bench.records[0]?.termination ?? '', /^K/);
});
