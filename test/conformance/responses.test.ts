import assert from 'node:assert/strict';
import { answerTo, ask, assertSame, conformance, message } from '../support/conformance.ts';
import type { Case } from '../support/conformance.ts';
import { openRaw } from '../support/raw.ts';
import { until } from '../support/until.ts';

/** What the server responds and what the client receives, its connection kept. `|` ends a line. */
const KEPT: Readonly<Record<string, readonly [request: string, reply: string, received: string]>> = {
  'a response arrives unchanged': [
    'GET / HTTP/1.1|Host: a',
    'HTTP/1.1 200 All  right|SeRver:x|x-B:  2 |X-b: 1|Content-Length: 2||hi',
    'HTTP/1.1 200 All  right|SeRver:x|x-B:  2 |X-b: 1|Content-Length: 2||hi',
  ],
  'a length of zero': [
    'GET / HTTP/1.1|Host: a',
    'HTTP/1.1 200 OK|Content-Length: 0',
    'HTTP/1.1 200 OK|Content-Length: 0',
  ],
  'chunks, extensions and trailers pass unchanged': [
    'GET / HTTP/1.1|Host: a|TE: trailers|Connection: TE',
    'HTTP/1.1 200 OK|Transfer-Encoding: chunked|Trailer: X||5;e\r\nhello\r\n0;e\r\nX: y\r\n\r\n',
    'HTTP/1.1 200 OK|Transfer-Encoding: chunked|Trailer: X||5;e\r\nhello\r\n0;e\r\nX: y\r\n\r\n',
  ],
  'a response to HEAD has a length and no body': [
    'HEAD / HTTP/1.1|Host: a',
    'HTTP/1.1 200 OK|Content-Length: 500',
    'HTTP/1.1 200 OK|Content-Length: 500',
  ],
  'a response to HEAD may declare chunks': [
    'HEAD / HTTP/1.1|Host: a',
    'HTTP/1.1 200 OK|Transfer-Encoding: chunked',
    'HTTP/1.1 200 OK|Transfer-Encoding: chunked',
  ],
  'a response to HEAD without framing ends too': ['HEAD / HTTP/1.1|Host: a', 'HTTP/1.1 200 OK', 'HTTP/1.1 200 OK'],
  'a 204': ['GET / HTTP/1.1|Host: a', 'HTTP/1.1 204 No Content|X: y', 'HTTP/1.1 204 No Content|X: y'],
  'a 204 that declares a length': [
    'GET / HTTP/1.1|Host: a',
    'HTTP/1.1 204 No Content|Content-Length: 5',
    'HTTP/1.1 204 No Content',
  ],
  'a 204 that declares chunks': [
    'GET / HTTP/1.1|Host: a',
    'HTTP/1.1 204 No Content|Transfer-Encoding: chunked',
    'HTTP/1.1 204 No Content',
  ],
  'a 304 with the length of its representation': [
    'GET / HTTP/1.1|Host: a',
    'HTTP/1.1 304 Not Modified|Content-Length: 5|ETag: "x"',
    'HTTP/1.1 304 Not Modified|Content-Length: 5|ETag: "x"',
  ],
  "the server's hop-by-hop headers are removed": [
    'GET / HTTP/1.1|Host: a',
    'HTTP/1.1 200 OK|Connection: close, X-Mine|X-Mine: 1|Keep-Alive: timeout=5|Proxy-Connection: x|' +
      'Proxy-Authenticate: Basic|X-Kept: 2|Content-Length: 2||hi',
    'HTTP/1.1 200 OK|X-Kept: 2|Content-Length: 2||hi',
  ],
  'interim responses come first, each unchanged': [
    'GET / HTTP/1.1|Host: a',
    'HTTP/1.1 103 Early Hints|Link: </a>||HTTP/1.1 102 Wait\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi',
    'HTTP/1.1 103 Early Hints|Link: </a>||HTTP/1.1 102 Wait\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi',
  ],
  'an HTTP/1.0 client gets no interim responses': [
    'GET / HTTP/1.0|Connection: keep-alive',
    'HTTP/1.1 103 Early Hints||HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi',
    'HTTP/1.1 200 OK|Content-Length: 2|Connection: keep-alive||hi',
  ],
  'an HTTP/1.0 server that keeps its connection': [
    'GET / HTTP/1.1|Host: a',
    'HTTP/1.0 200 OK|Connection: keep-alive|Content-Length: 2||hi',
    'HTTP/1.1 200 OK|Content-Length: 2||hi',
  ],
  'an HTTP/1.0 server that closes': [
    'GET / HTTP/1.1|Host: a',
    'HTTP/1.0 200 OK|Content-Length: 2||hi',
    'HTTP/1.1 200 OK|Content-Length: 2||hi',
  ],
  'an HTTP/1.0 client that keeps its connection': [
    'GET / HTTP/1.0|Connection: keep-alive',
    'HTTP/1.1 200 OK|Content-Length: 2||hi',
    'HTTP/1.1 200 OK|Content-Length: 2|Connection: keep-alive||hi',
  ],
  'an unknown status': [
    'GET / HTTP/1.1|Host: a',
    'HTTP/1.1 799 Odd|Content-Length: 0',
    'HTTP/1.1 799 Odd|Content-Length: 0',
  ],
  'several Set-Cookie lines': [
    'GET / HTTP/1.1|Host: a',
    'HTTP/1.1 200 OK|Set-Cookie: a=1|Set-Cookie: b=2|Content-Length: 0',
    'HTTP/1.1 200 OK|Set-Cookie: a=1|Set-Cookie: b=2|Content-Length: 0',
  ],
  'a redirect from the server is neither followed nor changed': [
    'GET / HTTP/1.1|Host: a',
    'HTTP/1.1 302 Found|Location: //b/c?d|Content-Length: 0',
    'HTTP/1.1 302 Found|Location: //b/c?d|Content-Length: 0',
  ],
  'a 426 keeps the protocols it offers': [
    'GET / HTTP/1.1|Host: a',
    'HTTP/1.1 426 Upgrade Required|Upgrade: foo|Connection: Upgrade|Content-Length: 0',
    'HTTP/1.1 426 Upgrade Required|Upgrade: foo|Content-Length: 0|Connection: Upgrade',
  ],
  'a 426 in chunks': [
    'GET / HTTP/1.1|Host: a',
    'HTTP/1.1 426 Upgrade Required|Upgrade: foo|Connection: Upgrade|Transfer-Encoding: chunked||2\r\nhi\r\n0\r\n\r\n',
    'HTTP/1.1 426 Upgrade Required|Upgrade: foo|Transfer-Encoding: chunked|Connection: Upgrade||2\r\nhi\r\n0\r\n\r\n',
  ],
  'a response to HEAD that declares chunks, to an HTTP/1.0 client': [
    'HEAD / HTTP/1.0|Connection: keep-alive',
    'HTTP/1.1 200 OK|Transfer-Encoding: chunked',
    'HTTP/1.1 200 OK|Connection: keep-alive',
  ],
  'a 304 that declares chunks, to an HTTP/1.0 client': [
    'GET / HTTP/1.0|Connection: keep-alive',
    'HTTP/1.1 304 Not Modified|Transfer-Encoding: chunked',
    'HTTP/1.1 304 Not Modified|Connection: keep-alive',
  ],
};

/** What the http-proxy engine does differently by design (docs/http-proxy-engine.md). */
const OTHERWISE: Readonly<Record<string, string>> = {
  'chunks, extensions and trailers pass unchanged':
    'chunks are re-encoded; extensions, trailers and Trailer are dropped',
  'a response to HEAD may declare chunks': 'Node writes Transfer-Encoding only when chunks follow',
  'a response to HEAD that declares chunks, to an HTTP/1.0 client':
    'Node closes an HTTP/1.0 connection after a response without length',
  'a 304 that declares chunks, to an HTTP/1.0 client':
    'Node closes an HTTP/1.0 connection after a response without length',
};

const cases: Record<string, Case | Case['run']> = {};
let number = 0;

for (const [what, [request, reply, received]] of Object.entries(KEPT)) {
  const target = `/kept/${(number += 1)}`;
  const otherwise = OTHERWISE[what];
  const run: Case['run'] = async (t, bench) => {
    bench.origin.replies.set(target, message(reply));
    const client = await openRaw(t, bench.port);
    client.send(message(request.replace('/ ', `${target} `)));
    const expected = message(received);
    await client.expect(bench.engine === 'wire' ? expected : expected.endsWith('hi') ? /hi$/ : /\r\n\r\n$/);
    assertSame(bench, client.text, expected);
    const before = client.text.length;
    client.send(message('GET /next HTTP/1.1|Host: a'));
    await client.expect(/ok$/);
    assertSame(
      bench,
      client.text.slice(before).replace('Connection: keep-alive\r\n', ''),
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    );
  };
  cases[`${what}, and the connection is kept`] = {
    run,
    except: otherwise === undefined ? {} : { 'http-proxy': otherwise },
  };
}

cases['a response split anywhere is the same response'] = async (t, bench) => {
  const reply =
    'HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\r\nX: y\r\nTransfer-Encoding: chunked\r\n\r\n' +
    '5\r\nhello\r\n0\r\nT: u\r\n\r\n';
  const client = await openRaw(t, bench.port);
  for (let at = 1; at < reply.length; at += 1) {
    bench.origin.replies.set('/cut', (_, connection) => {
      connection.send(reply.slice(0, at));
      setImmediate(() => setImmediate(() => connection.send(reply.slice(at))));
    });
    client.send(message('GET /cut HTTP/1.1|Host: a'));
    await until(
      `answer ${at}`,
      () => client.text.split(bench.engine === 'wire' ? 'T: u' : '\r\n0\r\n').length - 1 === at,
    );
  }
  if (bench.engine === 'wire') return assert.equal(client.text, reply.repeat(reply.length - 1));
  // Chunks are re-encoded and trailers dropped there: head and content are the same.
  for (const one of client.text.split(/(?<=\r\n0\r\n\r\n)/)) {
    assert.match(one, /^HTTP\/1\.1 103 Early Hints\r\nLink: <a>\r\n\r\n/);
    assertSame(
      bench,
      one.slice(one.indexOf('HTTP/1.1 200')),
      message('HTTP/1.1 200 OK|X: y|Transfer-Encoding: chunked||5\r\nhello\r\n0\r\n\r\n'),
    );
  }
};

cases['forbidden trailer fields are dropped and the response passes, wherever it is split'] = async (t, bench) => {
  const reply =
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-A: 1\r\nSet-Cookie: a=b\r\n' +
    'Authorization: c\r\nX-B: 2\r\n\r\n';
  const passed = reply.replace(/Set-Cookie.*\r\nAuthorization.*\r\n/, '');
  const client = await openRaw(t, bench.port);
  for (let at = reply.indexOf('hello'), count = 1; at <= reply.length; at += 1, count += 1) {
    bench.origin.replies.set('/trailers', (_, connection) => {
      connection.send(reply.slice(0, at));
      setImmediate(() => setImmediate(() => connection.send(reply.slice(at))));
    });
    client.send(message('GET /trailers HTTP/1.1|Host: a'));
    await until(
      `answer ${count}`,
      () => client.text.split(bench.engine === 'wire' ? 'X-B: 2\r\n\r\n' : '\r\n0\r\n\r\n').length - 1 === count,
    );
    if (bench.engine === 'wire') assert.equal(client.text, passed.repeat(count));
  }
  assert.doesNotMatch(client.text, /cookie|authorization/i);
};

cases['a partial head after an interim response is kept until the rest arrives'] = async (t, bench) => {
  bench.origin.replies.set('/behind', (_, connection) =>
    connection.send('HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\r\nX-First: 1\r\nContent-'),
  );
  const client = await openRaw(t, bench.port);
  client.send(message('GET /behind HTTP/1.1|Host: a'));
  await client.expect('Link: <a>\r\n\r\n');
  const { connection } = await bench.origin.head('/behind');
  connection.send(`Length: 5\r\nX-Second: ${'2'.repeat(200)}\r\n\r\nhello`);
  await client.expect(/HTTP\/1\.1 200 OK\r\nX-First: 1\r\nContent-Length: 5\r\nX-Second: 2{200}\r\n[^]*\r\nhello$/);
};

cases['a body without length ends with the connection'] = async (t, bench) => {
  const answer = await answerTo(
    t,
    bench,
    '/close',
    (_, connection) => {
      connection.send('HTTP/1.1 200 OK\r\nX: y\r\n\r\nuntil the end');
      connection.end();
    },
    'GET /close HTTP/1.1|Host: a',
  );
  if (bench.engine === 'wire')
    assert.equal(answer, 'HTTP/1.1 200 OK\r\nX: y\r\nConnection: close\r\n\r\nuntil the end');
  else assert.match(answer, /Transfer-Encoding: chunked\r\n[^]*\r\nuntil the end\r\n0\r\n\r\n$/i);
};

cases['an HTTP/1.0 client is never sent chunks'] = async (t, bench) => {
  const answer = await answerTo(
    t,
    bench,
    '/dechunk',
    message('HTTP/1.1 200 OK|Transfer-Encoding: chunked||5\r\nhello\r\n1;x\r\n!\r\n0\r\nT: u\r\n\r\n'),
    'GET /dechunk HTTP/1.0|Connection: keep-alive',
  );
  assertSame(bench, answer, 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello!');
};

cases['an HTTP/1.0 client without keep-alive gets Connection: close'] = async (t, bench) => {
  const answer = await answerTo(
    t,
    bench,
    '/old',
    message('HTTP/1.1 200 OK|Content-Length: 2||hi'),
    'GET /old HTTP/1.0',
  );
  assertSame(bench, answer, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi');
};

cases['100-continue: the client waits, the server sends 100, the body and the response follow'] = async (t, bench) => {
  bench.origin.replies.set('/continue', (_, connection) => {
    connection.send('HTTP/1.1 100 Continue\r\n\r\n');
    void connection.expect(/hello$/).then(
      () => connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
      () => {},
    );
  });
  const client = await ask(
    t,
    bench,
    message('POST /continue HTTP/1.1|Host: a|Expect: 100-continue|Content-Length: 5'),
    'HTTP/1.1 100 Continue\r\n\r\n',
  );
  assert.equal(bench.origin.to('/continue')[0]?.body, '');
  client.send('hello');
  await client.expect(/ok$/);
  client.send(message('GET /next HTTP/1.1|Host: a|Connection: close'));
  assert.match(await client.rest(), bench.engine === 'wire' ? /ok[^]*ok$/ : /\r\nConnection: close\r\n[^]*ok$/);
};

cases['a request pipelined after 100-continue is answered or not executed'] = async (t, bench) => {
  const client = await openRaw(t, bench.port);
  client.send(
    message('POST /expects HTTP/1.1|Host: a|Expect: 100-continue|Content-Length: 2||hi') +
      message('POST /piped HTTP/1.1|Host: a|Connection: close|Content-Length: 2||hi'),
  );
  const answers = (await client.rest()).split('HTTP/1.1 200 OK').length - 1;
  assert.equal(answers, 1 + bench.origin.to('/piped').length);
  assert.equal(answers, bench.engine === 'wire' ? 2 : 1);
};

cases['100-continue refused: the response arrives without the body'] = async (t, bench) => {
  bench.origin.replies.set('/refused', (_, connection) =>
    connection.send('HTTP/1.1 417 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno'),
  );
  await ask(
    t,
    bench,
    message('POST /refused HTTP/1.1|Host: a|Expect: 100-continue|Content-Length: 5'),
    /^HTTP\/1\.1 417 [^]*no$/,
  );
};

cases['100-continue refused on a kept connection: the next bytes are ambiguous, so it closes'] = async (t, bench) => {
  bench.origin.replies.set('/unmet', (_, connection) =>
    connection.send('HTTP/1.1 417 No\r\nContent-Length: 2\r\n\r\nno'),
  );
  const client = await ask(
    t,
    bench,
    message('POST /unmet HTTP/1.1|Host: a|Expect: 100-continue|Content-Length: 50'),
    /no$/,
  );
  if (bench.engine === 'wire') assert.match(client.text, /^Connection: close\r$/im);
  client.send(message('GET /smuggled HTTP/1.1|Host: a|X: 0123456789012345678901234567890'));
  assert.match(await client.rest(), /no$/);
  const { connection, body } = await bench.origin.head('/unmet');
  await connection.ended();
  assert.equal(body, '');
  assert.deepEqual(bench.origin.to('/smuggled'), []);
};

cases['100-continue refused while the body is being sent: the connection continues after it'] = {
  except: { 'http-proxy': 'Node closes the connection after every request with Expect' },
  async run(t, bench) {
    bench.origin.replies.set(
      '/on-its-way',
      ({ connection }) =>
        void connection.expect(/part/).then(() => connection.send('HTTP/1.1 417 No\r\nContent-Length: 2\r\n\r\nno')),
    );
    const client = await ask(
      t,
      bench,
      message('POST /on-its-way HTTP/1.1|Host: a|Expect: 100-continue|Content-Length: 8||part'),
      /no$/,
    );
    client.send('rest');
    client.send(message('GET /next HTTP/1.1|Host: a'));
    await client.expect(/no[^]*ok$/);
  },
};

cases['events of a stream arrive as they are sent'] = async (t, bench) => {
  bench.origin.replies.set('/events', (_, connection) =>
    connection.send('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n'),
  );
  const client = await ask(t, bench, message('GET /events HTTP/1.1|Host: a'), '\r\n\r\n');
  const { connection } = await bench.origin.head('/events');
  for (let event = 1; event <= 5; event += 1) {
    connection.send(`data: ${event}\n\n`);
    await client.expect(`data: ${event}\n\n`);
  }
  client.reset();
  await connection.ended();
};

const TWO: Readonly<Record<string, string>> = {
  'a length': 'HTTP/1.1 200 OK|Content-Length: 2||hiHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nLEAKS',
  chunks:
    'HTTP/1.1 200 OK|Transfer-Encoding: chunked||2\r\nhi\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nLEAKS',
  'no body': 'HTTP/1.1 204 No Content||HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nLEAKS',
  'a body where none may be': 'HTTP/1.1 304 Not Modified|Content-Length: 5||LEAKS',
};

for (const [what, reply] of Object.entries(TWO)) {
  cases[`surplus bytes after a response with ${what} are never forwarded`] = async (t, bench) => {
    const target = `/two/${what.replaceAll(' ', '-')}`;
    bench.origin.replies.set(target, message(reply));
    const client = await ask(t, bench, message(`GET ${target} HTTP/1.1|Host: a`), /(hi|\r\n\r\n)(0\r\n\r\n)?$/);
    client.send(message('GET /next HTTP/1.1|Host: a'));
    await client.expect(/ok$/);
    assert.doesNotMatch(client.text, /LEAKS/);
    assert.notEqual(bench.origin.to('/next').at(-1)?.connection, bench.origin.to(target)[0]?.connection);
  };
}

for (const claim of ['Content-Length: 5', 'Transfer-Encoding: chunked']) {
  cases[`a server connection with a 204 that declares a body (${claim}) is not reused`] = async (t, bench) => {
    bench.origin.replies.set('/204', message(`HTTP/1.1 204 No Content|${claim}`));
    const before = bench.origin.to('/204').length;
    const client = await ask(t, bench, message('GET /204 HTTP/1.1|Host: a'), /\r\n\r\n$/);
    client.send(message('GET /next HTTP/1.1|Host: a'));
    await client.expect(/ok$/);
    await bench.origin.to('/204')[before]?.connection.ended();
    assert.notEqual(bench.origin.to('/next').at(-1)?.connection, bench.origin.to('/204')[before]?.connection);
  };
}

for (const size of [4096, 4097, 16_384, 65_536]) {
  cases[`a second response directly after one of ${size} bytes does not answer the next request`] = async (
    t,
    bench,
  ) => {
    const head = (length: number): string =>
      `HTTP/1.1 200 OK\r\nContent-Length: ${String(length).padStart(5, '0')}\r\n\r\n`;
    const first = head(size - head(0).length) + 'x'.repeat(size - head(0).length);
    const target = `/exactly/${size}`;
    bench.origin.replies.set(target, `${first}HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nLEAKS`);
    const client = await openRaw(t, bench.port);
    client.send(message(`GET ${target} HTTP/1.1|Host: a`) + message('GET /next HTTP/1.1|Host: a|Connection: close'));
    assert.match(await client.rest(), /x(HTTP\/1\.1 200 [^]*ok)?$/);
    assert.doesNotMatch(client.text, /LEAKS/);
  };
}

conformance('responses', {}, cases);
