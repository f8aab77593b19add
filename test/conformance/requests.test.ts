import assert from 'node:assert/strict';
import { ask, assertSame, conformance, message } from '../support/conformance.ts';
import type { Case } from '../support/conformance.ts';
import { openRaw } from '../support/raw.ts';
import { bytesRead } from '../support/sockets.ts';
import { until } from '../support/until.ts';

/** What a client sends and what the server receives; the target names the case. `|` ends a line. */
const PASSED_ON: Readonly<Record<string, readonly [sent: string, received: string]>> = {
  'a plain request arrives unchanged': ['GET /p HTTP/1.1|Host: a', 'GET /p HTTP/1.1|Host: a'],
  'order, case and blanks of headers are kept': [
    'GET /o HTTP/1.1|X-b:1|HoSt:  A |x-B:   2 3|X-c:|Accept: */*',
    'GET /o HTTP/1.1|X-b:1|HoSt:  A |x-B:   2 3|X-c:|Accept: */*',
  ],
  'a body of known length': [
    'POST /l HTTP/1.1|Host: a|Content-Length: 5||hello',
    'POST /l HTTP/1.1|Host: a|Content-Length: 5||hello',
  ],
  'a length of zero': ['POST /z HTTP/1.1|Host: a|Content-Length: 0', 'POST /z HTTP/1.1|Host: a|Content-Length: 0'],
  'chunks, extensions and trailers pass unchanged': [
    'POST /c HTTP/1.1|Host: a|Transfer-Encoding: chunked|Trailer: X-Sum||5;e=1\r\nhello\r\n00003\r\n\r\n!\r\n0;last\r\nX-Sum: 8\r\n\r\n',
    'POST /c HTTP/1.1|Host: a|Transfer-Encoding: chunked|Trailer: X-Sum||5;e=1\r\nhello\r\n00003\r\n\r\n!\r\n0;last\r\nX-Sum: 8\r\n\r\n',
  ],
  'a DELETE with chunks': [
    'DELETE /d HTTP/1.1|Host: a|Transfer-Encoding: chunked||5\r\nhello\r\n0\r\n\r\n',
    'DELETE /d HTTP/1.1|Host: a|Transfer-Encoding: chunked||5\r\nhello\r\n0\r\n\r\n',
  ],
  'a GET with a body': [
    'GET /g HTTP/1.1|Host: a|Content-Length: 5||hello',
    'GET /g HTTP/1.1|Host: a|Content-Length: 5||hello',
  ],
  'an unknown method': ['FROB /m HTTP/1.1|Host: a', 'FROB /m HTTP/1.1|Host: a'],
  'OPTIONS *': ['OPTIONS * HTTP/1.1|Host: a', 'OPTIONS * HTTP/1.1|Host: a'],
  'the absolute form stays absolute': ['GET http://a/abs?x HTTP/1.1|Host: a', 'GET http://a/abs?x HTTP/1.1|Host: a'],
  'an empty Host': ['GET /h HTTP/1.1|Host:', 'GET /h HTTP/1.1|Host:'],
  'cookies in several lines are not merged': [
    'GET /k HTTP/1.1|Host: a|Cookie: a=1|Cookie: b=2',
    'GET /k HTTP/1.1|Host: a|Cookie: a=1|Cookie: b=2',
  ],
  'hop-by-hop headers and those named in Connection are removed': [
    'GET /hop HTTP/1.1|Host: a|Connection: X-Mine, keep-alive|X-Mine: 1|Keep-Alive: timeout=5|' +
      'Proxy-Connection: keep-alive|Proxy-Authorization: Basic eA==|TE: gzip|Upgrade: foo|X-Kept: 2',
    'GET /hop HTTP/1.1|Host: a|X-Kept: 2',
  ],
  'of TE only trailers is forwarded': [
    'GET /te HTTP/1.1|Host: a|TE: trailers, gzip|Connection: TE',
    'GET /te HTTP/1.1|Host: a|TE: trailers|Connection: TE',
  ],
  'OPTIONS decrements Max-Forwards': [
    'OPTIONS /hops HTTP/1.1|Host: a|Max-Forwards: 010|X: y',
    'OPTIONS /hops HTTP/1.1|Host: a|X: y|Max-Forwards: 9',
  ],
  'TRACE decrements Max-Forwards': [
    'TRACE /hops HTTP/1.1|Host: a|Max-Forwards: 1',
    'TRACE /hops HTTP/1.1|Host: a|Max-Forwards: 0',
  ],
  'Max-Forwards is ignored for other methods': [
    'GET /hops HTTP/1.1|Host: a|Max-Forwards: 0',
    'GET /hops HTTP/1.1|Host: a|Max-Forwards: 0',
  ],
  'an invalid Max-Forwards is ignored': [
    'OPTIONS /hops HTTP/1.1|Host: a|Max-Forwards: -1',
    'OPTIONS /hops HTTP/1.1|Host: a|Max-Forwards: -1',
  ],
  "the client's close is not forwarded": [
    'GET /close HTTP/1.1|Host: a|Connection: close',
    'GET /close HTTP/1.1|Host: a',
  ],
  'HTTP/1.0 stays HTTP/1.0': ['GET /old HTTP/1.0|X: y', 'GET /old HTTP/1.0|X: y|Connection: keep-alive'],
  'Expect is forwarded': [
    'POST /e HTTP/1.1|Host: a|Expect: 100-continue|Content-Length: 2||hi',
    'POST /e HTTP/1.1|Host: a|Expect: 100-continue|Content-Length: 2||hi',
  ],
  'one or two empty lines before a request are skipped': [
    '\r\n\r\nGET /crlf HTTP/1.1|Host: a',
    'GET /crlf HTTP/1.1|Host: a',
  ],
};

/** What the http-proxy engine does differently by design (docs/http-proxy-engine.md). */
const OTHERWISE: Readonly<Record<string, string>> = {
  'chunks, extensions and trailers pass unchanged':
    'chunks are re-encoded; extensions, trailers and Trailer are dropped',
  'an unknown method': "Node's parser knows only its own methods",
  'cookies in several lines are not merged': 'several Cookie lines are merged',
  'of TE only trailers is forwarded': 'trailers and TE are dropped',
  'HTTP/1.0 stays HTTP/1.0': 'requests to servers are always HTTP/1.1',
};

const TARGETS = [
  '//a//b?x',
  '/a/../b/./c',
  '/%2e%2e/%41?q=%zz',
  '/a;b=c?d=/e?f',
  '/?',
  '/?/',
  '/a?b=c&&d',
  '/"<>\\^`{|}',
  '/%00',
  "/~!$&'()*+,;=:@",
];

const cases: Record<string, Case | Case['run']> = {};

for (const [what, [sent, received]] of Object.entries(PASSED_ON)) {
  const otherwise = OTHERWISE[what];
  cases[what] = {
    except: otherwise === undefined ? {} : { 'http-proxy': otherwise },
    async run(t, bench) {
      const before = bench.origin.requests.length;
      await ask(t, bench, message(sent));
      const request = bench.origin.requests[before];
      assertSame(bench, `${request?.head}${request?.body}`, message(received));
    },
  };
}

for (const target of TARGETS) {
  cases[`the target ${target} reaches the server byte for byte`] = async (t, bench) => {
    const before = bench.origin.requests.length;
    await ask(t, bench, `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
    assertSame(bench, bench.origin.requests[before]?.head ?? '', `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
  };
}

for (const [method, status] of [
  ['OPTIONS', 200],
  ['TRACE', 501],
] as const) {
  cases[`${method} with Max-Forwards: 0 is not forwarded (RFC 9110 §7.6.2)`] = async (t, bench) => {
    const client = await openRaw(t, bench.port);
    client.send(
      message(`${method} /last-hop HTTP/1.1|Host: a|Max-Forwards: 0`) +
        message('GET /next HTTP/1.1|Host: a|Connection: close'),
    );
    assert.match(await client.rest(), new RegExp(`^HTTP/1\\.1 ${status} [^]*HTTP/1\\.1 200 [^]*ok$`));
    assert.deepEqual(bench.origin.to('/last-hop'), []);
    await bench.syslog.message(new RegExp(`apps/<NOSRV> .* ${status} \\d+ - - LR-- .*"${method} /last-hop `));
  };
}

cases['a request split anywhere is the same request'] = async (t, bench) => {
  const sent =
    'POST /cut HTTP/1.1\r\nHost: a\r\nX: y\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nT: u\r\n\r\n';
  const before = bench.origin.requests.length;
  const client = await openRaw(t, bench.port);
  for (let at = 1; at < sent.length; at += 1) {
    client.send(sent.slice(0, at));
    await new Promise((resolve) => setImmediate(resolve));
    client.send(sent.slice(at));
    await until(`answer ${at}`, () => client.text.split('HTTP/1.1 200').length - 1 === at);
  }
  for (const request of bench.origin.requests.slice(before)) assertSame(bench, request.head + request.body, sent);
};

cases['a request that arrives byte by byte, each in its own read, is the same request'] = async (t, bench) => {
  const sent =
    'POST /drip HTTP/1.1\r\nHost: a\r\nX: y\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nT: u\r\n\r\n';
  const client = await openRaw(t, bench.port);
  for (const byte of sent) {
    const before = await bytesRead(bench.process.pid);
    client.send(byte);
    await until('the router to read the byte', async () => (await bytesRead(bench.process.pid)) > before);
  }
  await client.expect(/ok$/);
  const [request, ...more] = bench.origin.to('/drip');
  assertSame(bench, `${request?.head}${request?.body}`, sent);
  assert.deepEqual(more, []);
};

cases['pipelined requests of every framing are answered in order'] = async (t, bench) => {
  const before = bench.origin.requests.length;
  for (const name of ['/1', '/2', '/3', '/4', '/5'])
    bench.origin.replies.set(name, `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${name}`);
  const client = await openRaw(t, bench.port);
  client.send(
    [
      message('GET /1 HTTP/1.1|Host: a'),
      message('POST /2 HTTP/1.1|Host: a|Content-Length: 5||hello'),
      message('HEAD /3 HTTP/1.1|Host: a'),
      message('POST /4 HTTP/1.1|Host: a|Transfer-Encoding: chunked||2\r\nhi\r\n0\r\n\r\n'),
      message('GET /5 HTTP/1.1|Host: a|Connection: close'),
    ].join(''),
  );
  const bodies = (await client.rest()).split(/HTTP\/1\.1 200 OK\r\n(?:.+\r\n)+\r\n/);
  assert.deepEqual(bodies, ['', '/1', '/2', '', '/4', '/5']);
  assert.deepEqual(
    bench.origin.requests.slice(before).map(({ target }) => target),
    ['/1', '/2', '/3', '/4', '/5'],
  );
};

cases['bytes after a request with close are not read'] = async (t, bench) => {
  const client = await openRaw(t, bench.port);
  client.send(`${message('GET /last HTTP/1.1|Host: a|Connection: close')}${message('GET /never HTTP/1.1|Host: a')}`);
  assert.equal((await client.rest()).split('HTTP/1.1 ').length - 1, 1);
  assert.deepEqual(bench.origin.to('/never'), []);
};

cases['garbage after a request is refused after its response'] = async (t, bench) => {
  const client = await openRaw(t, bench.port);
  client.send(`${message('GET /good HTTP/1.1|Host: a')}\x16\x03\x01 what\r\n\r\n`);
  assert.match(await client.rest(), /^HTTP\/1\.1 200 [^]*okHTTP\/1\.1 400 /);
};

cases['a client that half-closes after its request gets its response'] = async (t, bench) => {
  const client = await openRaw(t, bench.port);
  client.send(message('POST /half HTTP/1.1|Host: a|Content-Length: 5||hello'));
  client.end();
  assert.match(await client.rest(), /^HTTP\/1\.1 200 [^]*\r\n\r\nok$/);
};

cases['a client that half-closes after a body, before its server is connected, gets its response'] = async (
  t,
  bench,
) => {
  for (const { socket } of bench.origin.server.connections) socket.destroy();
  for (let n = 0; n < 20; n += 1) {
    const client = await openRaw(t, bench.port);
    client.send(
      message('POST /half HTTP/1.1|Host: a|Transfer-Encoding: chunked||5\r\nhello\r\n0\r\n\r\n') +
        message('HEAD /half HTTP/1.1|Host: a'),
    );
    client.end();
    assert.match(await client.rest(), /^HTTP\/1\.1 200 [^]*\r\n\r\nokHTTP\/1\.1 200 [^]*\r\n\r\n(ok)?$/);
    for (const { socket } of bench.origin.server.connections) socket.destroy();
  }
};

cases['a client that half-closes after pipelined requests gets all responses, and no server sees a partial request'] =
  async (t, bench) => {
    const client = await openRaw(t, bench.port);
    client.send(
      [1, 2, 3].map((n) => message(`GET /piped/${n} HTTP/1.1|Host: a`)).join('') + 'GET /piped/4 HTTP/1.1\r\nHo',
    );
    client.end();
    // Node does not report that a head began: only the wire engine can say that it is incomplete, as HAProxy does.
    const last = bench.engine === 'wire' ? 'HTTP/1\\.1 400 [^]*</html>\n' : '';
    assert.match(await client.rest(), new RegExp(`^(HTTP/1\\.1 200 (?:(?!HTTP/)[^])*ok){3}${last}$`));
    assert.deepEqual(bench.origin.to('/piped/4'), []);
  };

cases['a client that half-closes after its request gets a slow response'] = async (t, bench) => {
  bench.origin.replies.set('/slow', () => {});
  const client = await openRaw(t, bench.port);
  client.send(message('GET /slow HTTP/1.1|Host: a'));
  client.end();
  const { connection } = await bench.origin.head('/slow');
  connection.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n');
  await client.expect('\r\n\r\n');
  connection.send('late');
  assert.match(await client.rest(), /late$/);
};

cases['a client that half-closes within its body is dropped, and no server sees it complete'] = async (t, bench) => {
  const client = await openRaw(t, bench.port);
  client.send(message('POST /torn HTTP/1.1|Host: a|Content-Length: 50||hello'));
  const { connection } = await bench.origin.head('/torn');
  client.end();
  await connection.ended();
  assert.equal(bench.origin.to('/torn')[0]?.complete, false);
};

cases['a client that half-closes during a request is not waited for when the body of the next one is missing'] = async (
  t,
  bench,
) => {
  bench.origin.replies.set('/slow-first', () => {});
  const client = await openRaw(t, bench.port);
  client.send(
    message('GET /slow-first HTTP/1.1|Host: a') + message('POST /torn-next HTTP/1.1|Host: a|Content-Length: 5'),
  );
  client.end();
  const { connection } = await bench.origin.head('/slow-first');
  connection.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst');
  // Within the time of a case, which is less than `timeout server`.
  assert.doesNotMatch(await client.rest(), /HTTP\/1\.1 504/);
  assert.equal(
    bench.origin.to('/torn-next').some(({ complete }) => complete),
    false,
  );
};

// One case takes a turn of two processes for each byte of its head.
conformance('requests', { frontend: ['timeout http-request 10m'] }, cases);
