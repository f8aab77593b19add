import assert from 'node:assert/strict';
import test from 'node:test';
import { answering, startBench } from '../testing.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const LAST = 'GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

const limit = { timeout: 60_000 };

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

test('bytes behind a request that are none get a 400 after the good answer', limit, async (t) => {
  const bench = await startBench(t, answering(OK));
  const client = await bench.open();
  client.send(`${GET}\0\0\0\r\n\r\n`);
  assert.match(await client.rest(), /^HTTP\/1\.1 200 [^]*ok?HTTP\/1\.1 400 /);
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
    assert.match(
      await client.rest(),
      /^HTTP\/1\.1 4(00|31) [^]*Content-length: \d+\r\nCache-Control: no-cache\r\nConnection: close\r\n/,
    );
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

const TIMEOUTS: Readonly<
  Record<string, readonly [frontend: string, backend: string, send: string, status: string, termination: string]>
> = {
  'a head that never ends': ['timeout http-request 100ms', '', 'GET / HT', '408', 'cR--'],
  'a body that never ends': [
    'timeout client 100ms',
    '',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab',
    '408',
    'cH--',
  ],
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

test('an early answer arrives while the upload goes on', limit, async (t) => {
  const bench = await startBench(t, (connection) => {
    connection.socket.once('data', () =>
      connection.socket.end('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig'),
    );
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

test('closing ends everything', limit, async (t) => {
  const bench = await startBench(t, () => undefined);
  const client = await bench.open();
  client.send(GET);
  await bench.accepted(1);
  bench.engine.close();
  await client.rest();
  assert.match(bench.records[0]?.termination ?? '', /^K/);
});
