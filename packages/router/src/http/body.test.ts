import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChunkedBody, CloseBody, INVALID, LengthBody, MORE, type BodyTracker } from './body.ts';

const MAX_TRAILER = 200;

/** Feeds the pieces one after the other; the index of the message's end in all of them together, MORE or INVALID. */
function endOf(body: BodyTracker, pieces: readonly Buffer[]): number {
  let before = 0;
  for (const piece of pieces) {
    const end = body.feed(piece, 0);
    if (end !== MORE) return end === INVALID ? INVALID : before + end;
    before += piece.length;
  }
  return MORE;
}

function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** The text in two pieces, cut everywhere, and byte by byte. */
function* cuts(text: string): Generator<readonly Buffer[]> {
  const all = bytes(text);
  yield [all];
  for (let at = 1; at < all.length; at += 1) yield [all.subarray(0, at), all.subarray(at)];
  yield [...all].map((byte) => Buffer.of(byte));
}

test('a body of known length ends there, wherever it is cut', () => {
  for (const pieces of cuts('hello')) {
    const body = new LengthBody(5);
    assert.equal(endOf(body, pieces), 5);
    assert.equal(body.complete, true);
  }
});

test('bytes behind a body of known length are not of it', () => {
  const body = new LengthBody(5);
  assert.equal(body.feed(bytes('xxhelloGET'), 2), 7);
});

test('a body of known length is incomplete until its last byte', () => {
  const body = new LengthBody(5);
  assert.equal(body.feed(bytes('hell'), 0), MORE);
  assert.equal(body.complete, false);
});

test('a body until close takes everything and is never complete', () => {
  const body = new CloseBody();
  assert.equal(endOf(body, [bytes('HTTP/1.1 200 OK\r\n\r\n')]), MORE);
  assert.equal(body.complete, false);
});

const WHOLE: readonly (readonly [what: string, chunks: string, content: string])[] = [
  ['no content', '0\r\n\r\n', ''],
  ['one chunk', '5\r\nhello\r\n0\r\n\r\n', 'hello'],
  ['several chunks', '1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n', 'abcdef'],
  [
    'sizes in either case and with leading zeros',
    '00A\r\n0123456789\r\n00b\r\n01234567890\r\n000\r\n\r\n',
    '012345678901234567890',
  ],
  ['content that looks like framing', '9\r\n0\r\n\r\n0\r\n\r\r\n0\r\n\r\n', '0\r\n\r\n0\r\n\r'],
  ['extensions', '5;a=b;c="d \\" ;\xe9";e=""\r\nhello\r\n0;last\r\n\r\n', 'hello'],
  ['trailers', '5\r\nhello\r\n0\r\nX-Sum: 1 2\tx\r\nEmpty:\r\n\r\n', 'hello'],
];

for (const [what, chunks, content] of WHOLE) {
  test(`chunks with ${what} end at their end, wherever they are cut`, () => {
    for (const pieces of cuts(chunks)) {
      const body = new ChunkedBody(MAX_TRAILER);
      let read = '';
      body.onContent = (chunk, from, to) => (read += chunk.toString('latin1', from, to));
      assert.equal(endOf(body, pieces), chunks.length);
      assert.equal(body.complete, true);
      assert.equal(read, content);
    }
  });

  test(`chunks with ${what} followed by a request end before it, wherever they are cut`, () => {
    for (const pieces of cuts(`${chunks}GET / HTTP/1.1\r\n\r\n`))
      assert.equal(endOf(new ChunkedBody(MAX_TRAILER), pieces), chunks.length);
  });

  test(`chunks with ${what} are incomplete before their last byte`, () => {
    for (const pieces of cuts(chunks.slice(0, -1))) {
      const body = new ChunkedBody(MAX_TRAILER);
      assert.equal(endOf(body, pieces), MORE);
      assert.equal(body.complete, false);
    }
  });
}

const BROKEN: readonly (readonly [what: string, chunks: string])[] = [
  ['no size', '\r\nhello'],
  ['a size that is no number', 'g\r\n'],
  ['a negative size', '-5\r\nhello\r\n'],
  ['a signed size', '+5\r\nhello\r\n'],
  ['0x in front of the size', '0x5\r\nhello\r\n'],
  ['a blank in front of the size', ' 5\r\nhello\r\n'],
  ['a blank behind the size', '5 \r\nhello\r\n'],
  ['a TAB behind the size', '5\t\r\nhello\r\n'],
  ['an underscore in the size', '1_0\r\n'],
  ['a comma in the size', '1,0\r\n'],
  ['a size beyond 2^53', '10000000000000\r\n'],
  ['a size of many zeros', '00000000000005\r\nhello\r\n'],
  ['a size line that ends with LF alone', '5\nhello\r\n'],
  ['a size line that ends with CR alone', '5\rhello\r\n'],
  ['two CRs behind the size', '5\r\r\nhello\r\n'],
  ['a NUL behind the size', '5\0\r\nhello\r\n'],
  ['LF in an extension', '5;a\nhello\r\n'],
  ['CR in an extension', '5;a\rb\r\nhello\r\n'],
  ['a NUL in an extension', '5;a\0\r\nhello\r\n'],
  ['a DEL in an extension', '5;a\x7f\r\nhello\r\n'],
  ...[
    ';',
    ';=b',
    ';a=',
    ';a;',
    '; a',
    ';a =b',
    ';a= b',
    ';a b',
    ';a="b',
    ';a="b"c',
    ';a="\\',
    ';a=b=c',
    ';\xe9',
    ';a=\xe9',
    ';a(b)',
  ].map((extension) => [`the extension ${JSON.stringify(extension)}`, `5${extension}\r\nhello\r\n`] as const),
  ['an extension of 300 bytes', `5;${'a'.repeat(300)}\r\nhello\r\n`],
  ['more content than its size', '4\r\nhello\r\n'],
  ['less content than its size', '6\r\nhello\r\n0\r\n\r\n'],
  ['LF alone behind the content', '5\r\nhello\n0\r\n\r\n'],
  ['CR alone behind the content', '5\r\nhello\r0\r\n\r\n'],
  ['the next chunk right behind the content', '5\r\nhello0\r\n\r\n'],
  ['a last line that ends with LF alone', '0\r\n\n'],
  ['a trailer line that ends with LF alone', '0\r\nX: y\n\r\n'],
  ['a trailer without a colon', '0\r\nnothing\r\n\r\n'],
  ['a trailer with a blank before the colon', '0\r\nX : y\r\n\r\n'],
  ['a folded trailer', '0\r\nX: y\r\n z\r\n\r\n'],
  ['a trailer with CR in it', '0\r\nX: y\rz\r\n\r\n'],
  ['a trailer with NUL in it', '0\r\nX: \0\r\n\r\n'],
  ['a trailer without a name', '0\r\n: y\r\n\r\n'],
  ['a request where trailers belong', '0\r\nGET / HTTP/1.1\r\n\r\n'],
];

for (const [what, chunks] of BROKEN) {
  test(`chunks with ${what} are refused, wherever they are cut`, () => {
    for (const pieces of cuts(chunks))
      assert.equal(endOf(new ChunkedBody(MAX_TRAILER), pieces), INVALID, JSON.stringify(pieces.map(String)));
  });
}

/** What passes of the pieces, fed one after the other. */
function passed(body: BodyTracker, pieces: readonly Buffer[]): string {
  let out = '';
  for (const piece of pieces) {
    const end = body.feed(piece, 0);
    assert.notEqual(end, INVALID, JSON.stringify(pieces.map(String)));
    out += body.passable(piece, 0, end === MORE ? piece.length : end).toString('latin1');
  }
  assert.equal(body.complete, true);
  return out;
}

/** Fields that are not allowed in trailers, and those that nobody should make a field of. */
const NO_TRAILERS = [
  'Transfer-Encoding',
  'Content-Length',
  'Host',
  'Connection',
  'Upgrade',
  'TE',
  'Trailer',
  'Content-Encoding',
  'Content-Type',
  'Content-Range',
  'Authorization',
  'Cookie',
  'Set-Cookie',
  'Expect',
  'X-Forwarded-For',
  'x-forwarded-proto',
  'X_Forwarded_For',
  'X-Real-IP',
  'Content_Length',
  'Keep-Alive',
  'Proxy-Authorization',
  'Max-Forwards',
  'Forwarded',
  'Set-Cookie2',
  'WWW-Authenticate',
  'Cache-Control',
  'Content-Location',
  'Date',
  'If-None-Match',
  'Location',
  'Range',
  'Vary',
];

for (const name of NO_TRAILERS) {
  test(`the trailer ${name} is left out of an answer, wherever it is cut, and all else passes`, () => {
    const chunks = `5;e\r\nhello\r\n0;e\r\nX-A: 1\r\n${name}: chunked\r\nX-B:  2\r\n\r\n`;
    for (const pieces of cuts(chunks))
      assert.equal(passed(new ChunkedBody(MAX_TRAILER), pieces), chunks.replace(`${name}: chunked\r\n`, ''));
  });

  const framing = /^(transfer-encoding|content[-_]length|host|connection|keep-alive|upgrade|te|trailer|expect)$/i.test(
    name,
  );
  test(`the trailer ${name} of a request is ${framing ? 'refused' : 'left out'}`, () => {
    for (const pieces of cuts(`0\r\n${name}: 1\r\n\r\n`)) {
      const body = new ChunkedBody(MAX_TRAILER, { request: true });
      if (framing) assert.equal(endOf(body, pieces), INVALID);
      else assert.equal(passed(body, pieces), '0\r\n\r\n');
    }
  });
}

test('trailers that may be trailers pass as they are, wherever they are cut', () => {
  const chunks = '3\r\nabc\r\n0\r\nX-Sum:\t1 \r\nETag: "a"\r\ngrpc-status: 0\r\n\r\n';
  for (const pieces of cuts(chunks)) assert.equal(passed(new ChunkedBody(MAX_TRAILER), pieces), chunks);
});

test('a trailer that Connection names is of one hop only, and left out', () => {
  for (const pieces of cuts('0\r\nX-Hop: 1\r\nX: y\r\n\r\n'))
    assert.equal(passed(new ChunkedBody(MAX_TRAILER, { named: ['x-hop'] }), pieces), '0\r\nX: y\r\n\r\n');
});

test('what comes behind the end of a body with trailers left out does not pass', () => {
  const body = new ChunkedBody(MAX_TRAILER);
  const bytesOfTwo = bytes('0\r\nSet-Cookie: a\r\n\r\nHTTP/1.1 200 OK');
  const end = body.feed(bytesOfTwo, 0);
  assert.equal(body.passable(bytesOfTwo, 0, end).toString(), '0\r\n\r\n');
});

const LIMITS: readonly (readonly [what: string, trailers: string, fits: boolean])[] = [
  ['as many bytes as allowed', `X: ${'y'.repeat(MAX_TRAILER - 10)}\r\n`, true],
  ['one line that is too long', `X: ${'y'.repeat(MAX_TRAILER)}\r\n`, false],
  ['too many lines', 'X: y\r\n'.repeat(MAX_TRAILER / 5), false],
  ['a line that never ends', `X: ${'y'.repeat(2 * MAX_TRAILER)}`, false],
];

for (const [what, trailers, fits] of LIMITS) {
  test(`a trailer section of ${what} is ${fits ? 'read' : 'refused'}, however it comes`, () => {
    const chunks = `0\r\n${trailers}\r\n`;
    const byByte = [...bytes(chunks)].map((byte) => Buffer.of(byte));
    for (const pieces of [[bytes(chunks)], byByte]) {
      assert.equal(endOf(new ChunkedBody(MAX_TRAILER), pieces), fits ? chunks.length : INVALID);
    }
  });
}

test('trailers count against their own limit, however much came before them in the same piece', () => {
  const chunks = `400\r\n${'x'.repeat(0x400)}\r\n0\r\nX: y\r\n\r\n`;
  assert.equal(endOf(new ChunkedBody(MAX_TRAILER), [bytes(`${chunks}${'z'.repeat(1000)}`)]), chunks.length);
});
