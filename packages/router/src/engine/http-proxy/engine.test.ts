import assert from 'node:assert/strict';
import test from 'node:test';
import { answering, startBench } from '../testing.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const LAST = 'GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

const limit = { timeout: 60_000 };

test('requests of one client share its connection and the server connection', limit, async (t) => {
  const bench = await startBench(t, answering(OK));
  const client = await bench.open();
  for (let i = 1; i <= 3; i += 1) {
    client.send(GET);
    await client.expect(new RegExp(`(ok[^]*){${i}}$`));
  }
  await bench.logged(3);
  assert.equal(bench.servers.length, 1);
  assert.deepEqual(
    bench.records.map(({ status, termination }) => [status, termination]),
    Array(3).fill([200, '----']),
  );
  assert.ok(bench.records.every(({ bytesToClient }) => bytesToClient > 20));
});

test(
  'headers keep their spelling and repetition; X-Forwarded-For comes behind what the client sent',
  limit,
  async (t) => {
    const bench = await startBench(
      t,
      answering('HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Odd: 1\r\nContent-Length: 0\r\n\r\n'),
      { backend: ['option forwardfor'] },
    );
    const client = await bench.open();
    client.send(
      'GET //a//b/? HTTP/1.1\r\nHost: a\r\nX-Odd: 1\r\nx-forwarded-for: 6.6.6.6\r\nx-odd: 2\r\nKeep-Alive: 5\r\n' +
        'Connection: close, X-Gone\r\nX-Gone: 1\r\nTrailer: x\r\n\r\n',
    );
    const answer = await client.rest();
    const sent = bench.servers[0]?.text ?? '';
    assert.match(
      sent,
      /^GET \/\/a\/\/b\/\? HTTP\/1\.1\r\nHost: a\r\nX-Odd: 1\r\nX-Odd: 2\r\nx-forwarded-for: 6\.6\.6\.6\r\nx-forwarded-for: 127\.0\.0\.1\r\n/,
    );
    assert.doesNotMatch(sent, /gone|trailer|keep-alive: 5/i);
    assert.match(answer, /Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Odd: 1\r\n/);
    assert.doesNotMatch(answer, /^date|^keep-alive/im);
  },
);

for (const method of ['DELETE', 'OPTIONS', 'GET', 'POST']) {
  test(`a chunked ${method} keeps its chunks, and what is inside is never a request`, limit, async (t) => {
    const bench = await startBench(t, answering(OK));
    const client = await bench.open();
    const inner = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
    client.send(
      `${method} / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`,
    );
    assert.match(await client.rest(), /^HTTP\/1\.1 200 /);
    assert.match(bench.servers[0]?.text ?? '', /^Transfer-Encoding: chunked\r$/m);
    assert.doesNotMatch(bench.servers[0]?.text ?? '', /^content-length/im);
  });
}

test('with pool-max-conn 0 no server connection is used twice', limit, async (t) => {
  const bench = await startBench(t, answering(OK), { server: 'pool-max-conn 0' });
  const client = await bench.open();
  client.send(GET + LAST);
  await client.rest();
  await bench.logged(2);
  assert.equal(bench.servers.length, 2);
  await bench.serversLeft();
});

test('what Node would write badly or not at all is a 502', limit, async (t) => {
  for (const answer of [
    'HTTP/1.1 099 What\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 101 No\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
  ]) {
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
  const bench = await startBench(
    t,
    answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'),
  );
  const client = await bench.open();
  client.send('GET / HTTP/1.0\r\n\r\n');
  assert.match(await client.rest(), /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nok$/);
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
  for (const [method, answer] of [
    ['GET', 'HTTP/1.1 204 No\r\n\r\n'],
    ['GET', 'HTTP/1.1 304 No\r\nContent-Length: 5\r\n\r\n'],
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'],
  ]) {
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

test('a redirect in the rules is answered here, keeping the connection', limit, async (t) => {
  const bench = await startBench(t, answering(OK), { frontend: ['redirect prefix https://b if { path /old }'] });
  const client = await bench.open();
  client.send('GET /old HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.expect(/^HTTP\/1\.1 302 Found\r\ncontent-length: 0\r\nlocation: https:\/\/b\/old\r\n[^]*\r\n\r\n$/i);
  client.send(LAST);
  assert.match(await client.rest(), /ok$/);
});

test('send-proxy tells the server who the client is, on a connection of its own', limit, async (t) => {
  const bench = await startBench(t, answering(OK), { server: 'send-proxy' });
  for (const opened of [1, 2]) {
    const client = await bench.open();
    client.send(GET);
    await client.expect(/ok$/);
    client.send(LAST);
    await client.rest();
    assert.equal(bench.servers.length, opened);
    const said = bench.servers.at(-1)?.text ?? '';
    assert.match(said, /^PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ \d+\r\nGET [^]*\r\n\r\nGET \/last /);
    assert.ok(said.startsWith(`PROXY TCP4 127.0.0.1 127.0.0.1 ${client.socket.localPort} `));
  }
});

test('unsolicited bytes on an idle server connection close it', limit, async (t) => {
  const bench = await startBench(t, answering(OK));
  const client = await bench.open();
  client.send(GET);
  await client.expect(/ok$/);
  await bench.logged(1);
  const [idle] = bench.servers;
  idle?.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nLEAKS');
  await idle?.rest();
  client.send(LAST);
  assert.doesNotMatch(await client.rest(), /LEAKS/);
  assert.equal(bench.servers.length, 2);
});

test('what follows a large answer is never used', limit, async (t) => {
  const large = 'x'.repeat(3_000_000);
  const bench = await startBench(
    t,
    answering(
      `HTTP/1.1 200 OK\r\nContent-Length: ${large.length}\r\n\r\n${large}HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nLEAKS`,
    ),
  );
  const client = await bench.open();
  client.send(GET + LAST);
  assert.equal((await client.rest()).split('HTTP/1.1 200').length, 3);
  assert.doesNotMatch(client.text, /LEAKS/);
  assert.equal(bench.servers.length, 2);
});
