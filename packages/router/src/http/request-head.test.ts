import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRequestHead, type HeadLimits, type Refusal, type RequestHead } from './request-head.ts';

const limits: HeadLimits = { maxHeadBytes: 15_360, maxHeaders: 100 };
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';

function parse(line: string, ...headers: readonly string[]): RequestHead | Refusal {
  return parseRequestHead([line, ...headers, '', ''].join('\r\n'), limits);
}

function accepted(line: string, ...headers: readonly string[]): RequestHead {
  const head = parse(line, ...headers);
  if ('refused' in head) throw new Error(`refused: ${head.status} ${head.reason}`);
  return head;
}

function summary(head: RequestHead): string {
  const { method, target, version, framing, contentLength, keepAlive, upgrade, mayTunnel } = head;
  return [
    method,
    target,
    version,
    framing,
    contentLength,
    keepAlive ? 'keep' : 'close',
    upgrade ?? (mayTunnel ? 'tunnel' : '-'),
  ].join(' ');
}

const ACCEPTED: readonly (readonly [what: string, summary: string, ...head: readonly string[]])[] = [
  ['a plain request', 'GET / 1.1 none 0 keep -', 'GET / HTTP/1.1', 'Host: a'],
  [
    'a target of any visible bytes but #, untouched',
    `GET //a/../%zz?"<>\\^\`{|} 1.1 none 0 keep -`,
    'GET //a/../%zz?"<>\\^`{|} HTTP/1.1',
    'Host: a',
  ],
  ['an upper-case method nobody knows', 'FROB / 1.1 none 0 keep -', 'FROB / HTTP/1.1', 'Host: a'],
  ['a method with a hyphen and digits', 'M-SEARCH2 / 1.1 none 0 keep -', 'M-SEARCH2 / HTTP/1.1', 'Host: a'],
  ['an empty Host', 'GET / 1.1 none 0 keep -', 'GET / HTTP/1.1', 'Host:'],
  ['an IPv6 Host with a port', 'GET / 1.1 none 0 keep -', 'GET / HTTP/1.1', 'Host: [::1]:8080'],
  ['blanks around a value', 'POST / 1.1 length 5 keep -', 'POST / HTTP/1.1', 'Host: \t a \t', 'Content-Length:\t5 '],
  ['values of TAB and high bytes', 'GET / 1.1 none 0 keep -', 'GET / HTTP/1.1', 'Host: a', 'X: a\tb\xe9'],
  ['HTTP/1.0 without Host, which closes', 'GET / 1.0 none 0 close -', 'GET / HTTP/1.0'],
  ['HTTP/1.0 that asks to be kept', 'GET / 1.0 none 0 keep -', 'GET / HTTP/1.0', 'Connection: keep-alive'],
  ['HTTP/1.0 with close and keep-alive', 'GET / 1.0 none 0 close -', 'GET / HTTP/1.0', 'Connection: keep-alive, close'],
  ['close among other options', 'GET / 1.1 none 0 close -', 'GET / HTTP/1.1', 'Host: a', 'Connection: x, CLOSE,'],
  [
    'close in a second Connection line',
    'GET / 1.1 none 0 close -',
    'GET / HTTP/1.1',
    'Host: a',
    'Connection: x',
    'Connection: close',
  ],
  [
    'an absolute target that says what Host says',
    'GET http://A:80/x?y 1.1 none 0 keep -',
    'GET http://A:80/x?y HTTP/1.1',
    'Host: a',
  ],
  ['an absolute target without a path', 'GET http://a/ 1.1 none 0 keep -', 'GET http://a HTTP/1.1', 'Host: a'],
  [
    'an absolute https target with its default port',
    'GET https://a/ 1.1 none 0 keep -',
    'GET https://a/ HTTP/1.1',
    'Host: a:443',
  ],
  ['* with OPTIONS', 'OPTIONS * 1.1 none 0 keep -', 'OPTIONS * HTTP/1.1', 'Host: a'],
  ['CONNECT host:port', 'CONNECT a:443 1.1 none 0 keep tunnel', 'CONNECT a:443 HTTP/1.1', 'Host: a:443'],
  ['a body with a length', 'POST / 1.1 length 5 keep -', 'POST / HTTP/1.1', 'Host: a', 'Content-Length: 5'],
  [
    'a length of 15 digits',
    'PUT / 1.1 length 999999999999999 keep -',
    'PUT / HTTP/1.1',
    'Host: a',
    'Content-Length: 999999999999999',
  ],
  ['a length of 0: no body', 'POST / 1.1 none 0 keep -', 'POST / HTTP/1.1', 'Host: a', 'Content-Length: 0'],
  ['a body of a GET in HTTP/1.1', 'GET / 1.1 length 5 keep -', 'GET / HTTP/1.1', 'Host: a', 'Content-Length: 5'],
  ['a POST body in HTTP/1.0', 'POST / 1.0 length 5 close -', 'POST / HTTP/1.0', 'Content-Length: 5'],
  ['chunks', 'POST / 1.1 chunked 0 keep -', 'POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: Chunked'],
  [
    'an upgrade to WebSocket',
    'GET / 1.1 none 0 keep websocket',
    'GET / HTTP/1.1',
    'Host: a',
    'Connection: keep-alive, Upgrade',
    'Upgrade: websocket',
    KEY,
  ],
  [
    'an upgrade to any other protocol',
    'GET / 1.1 none 0 keep foo/2, bar',
    'GET / HTTP/1.1',
    'Host: a',
    'Connection: upgrade',
    'Upgrade: foo/2, bar',
  ],
  [
    'an upgrade to a protocol called CONNECT, which is no CONNECT',
    'GET / 1.1 none 0 keep CONNECT',
    'GET / HTTP/1.1',
    'Host: a',
    'Connection: upgrade',
    'Upgrade: CONNECT',
  ],
  [
    'Upgrade without the Connection option: no upgrade',
    'GET / 1.1 none 0 keep -',
    'GET / HTTP/1.1',
    'Host: a',
    'Upgrade: websocket',
  ],
  [
    'h2c: no upgrade, or a tunnel behind the rules',
    'GET / 1.1 none 0 keep -',
    'GET / HTTP/1.1',
    'Host: a',
    'Connection: upgrade',
    'Upgrade: foo, H2C',
  ],
  [
    'h2c with a version, HTTP/2.0 and TLS: no upgrade either',
    'GET / 1.1 none 0 keep -',
    'GET / HTTP/1.1',
    'Host: a',
    'Connection: upgrade',
    'Upgrade: h2c/1, HTTP/2.0, TLS/1.0',
  ],
  [
    'an Upgrade that is no list of protocols: no upgrade',
    'GET / 1.1 none 0 keep -',
    'GET / HTTP/1.1',
    'Host: a',
    'Connection: upgrade',
    'Upgrade: h2c;q=1',
  ],
  [
    'an upgrade with a body: no upgrade',
    'POST / 1.1 length 1 keep -',
    'POST / HTTP/1.1',
    'Host: a',
    'Connection: upgrade',
    'Upgrade: foo',
    'Content-Length: 1',
  ],
  [
    'an upgrade in HTTP/1.0: no upgrade',
    'GET / 1.0 none 0 close -',
    'GET / HTTP/1.0',
    'Connection: upgrade',
    'Upgrade: foo',
  ],
  [
    'two Upgrade lines: no upgrade',
    'GET / 1.1 none 0 keep -',
    'GET / HTTP/1.1',
    'Host: a',
    'Connection: upgrade',
    'Upgrade: foo',
    'Upgrade: bar',
  ],
];

for (const [what, expected, ...head] of ACCEPTED) {
  test(`accepted: ${what}`, () => {
    const [line = '', ...headers] = head;
    assert.equal(summary(accepted(line, ...headers)), expected);
  });
}

const HOST = 'Host: a';
const POST = 'POST / HTTP/1.1';

const REFUSED: readonly (readonly [status: number, reason: string, ...head: readonly string[]])[] = [
  // The request line.
  [400, 'malformed request line', '', HOST],
  [400, 'malformed request line', 'GET', HOST],
  [400, 'malformed request line', 'GET /', HOST],
  [400, 'malformed request line', ' GET / HTTP/1.1', HOST],
  [400, 'malformed target', 'GET  / HTTP/1.1', HOST],
  [400, 'malformed target', 'GET /a b HTTP/1.1', HOST],
  [400, 'malformed target', 'GET /\tHTTP/1.1 HTTP/1.1', HOST],
  [400, 'malformed version', 'GET / HTTP/1.1 ', HOST],
  [400, 'malformed version', 'GET / http/1.1', HOST],
  [400, 'malformed version', 'GET / HTTP/1.11', HOST],
  [400, 'malformed version', 'GET / HTTP/11', HOST],
  [400, 'malformed version', 'GET / HTTP/1.x', HOST],
  [400, 'malformed version', 'GET / ICY/1.1', HOST],
  [505, 'version HTTP/1.2', 'GET / HTTP/1.2', HOST],
  [505, 'version HTTP/2.0', 'PRI * HTTP/2.0'],
  [505, 'version HTTP/0.9', 'GET / HTTP/0.9', HOST],
  [400, 'malformed method', 'get / HTTP/1.1', HOST],
  [400, 'malformed method', 'G(T / HTTP/1.1', HOST],
  [400, 'malformed method', `${'M'.repeat(41)} / HTTP/1.1`, HOST],
  [400, 'malformed method', 'GET\x80 / HTTP/1.1', HOST],
  // The target.
  [400, 'malformed target', 'GET a HTTP/1.1', HOST],
  [400, 'malformed target', 'GET /a#b HTTP/1.1', HOST],
  [400, 'malformed target', 'GET /caf\xe9 HTTP/1.1', HOST],
  [400, 'malformed target', 'GET ftp://a/ HTTP/1.1', HOST],
  [400, 'malformed target', 'GET http:///x HTTP/1.1', HOST],
  [400, 'malformed target', 'GET a:80 HTTP/1.1', HOST],
  [400, 'malformed authority in the target', 'GET http://u:p@a/ HTTP/1.1', HOST],
  [400, 'malformed authority in the target', 'GET http://a:x/ HTTP/1.1', HOST],
  [400, 'target * without OPTIONS', 'GET * HTTP/1.1', HOST],
  [400, 'Host differs from the target', 'GET http://b/ HTTP/1.1', HOST],
  [400, 'Host differs from the target', 'GET http://a:8080/ HTTP/1.1', HOST],
  [400, 'Host differs from the target', 'GET https://a/ HTTP/1.1', 'Host: a:80'],
  [400, 'CONNECT without host:port', 'CONNECT a HTTP/1.1', HOST],
  [400, 'CONNECT without host:port', 'CONNECT a: HTTP/1.1', HOST],
  [400, 'CONNECT without host:port', 'CONNECT a:0 HTTP/1.1', 'Host: a:0'],
  [400, 'CONNECT without host:port', 'CONNECT a:65536 HTTP/1.1', 'Host: a:65536'],
  [400, 'CONNECT without host:port', 'CONNECT / HTTP/1.1', HOST],
  [400, 'CONNECT without host:port', 'CONNECT a:443/x HTTP/1.1', HOST],
  [400, 'CONNECT without host:port', 'CONNECT :443 HTTP/1.1', HOST],
  [400, 'Host differs from the target', 'CONNECT a:443 HTTP/1.1', 'Host: b:443'],
  [400, 'CONNECT with a body', 'CONNECT a:443 HTTP/1.1', 'Host: a:443', 'Content-Length: 5'],
  [400, 'CONNECT with a body', 'CONNECT a:443 HTTP/1.1', 'Host: a:443', 'Transfer-Encoding: chunked'],
  [400, 'TRACE with a body', 'TRACE / HTTP/1.1', HOST, 'Content-Length: 5'],
  // Host.
  [400, 'no Host', 'GET / HTTP/1.1'],
  [400, 'two Host lines', 'GET / HTTP/1.1', HOST, HOST],
  [400, 'malformed Host', 'GET / HTTP/1.1', 'Host: a b'],
  [400, 'malformed Host', 'GET / HTTP/1.1', 'Host: a, b'],
  [400, 'malformed Host', 'GET / HTTP/1.1', 'Host: a/b'],
  [400, 'malformed Host', 'GET / HTTP/1.1', 'Host: u@a'],
  [400, 'malformed Host', 'GET / HTTP/1.1', 'Host: a:port'],
  [400, 'malformed Host', 'GET / HTTP/1.1', 'Host: a:800000'],
  [400, 'malformed Host', 'GET / HTTP/1.1', 'Host: [::1'],
  [400, 'malformed Host', 'GET / HTTP/1.0', 'Host: \xe9'],
  // Header lines.
  [400, 'malformed header line', 'GET / HTTP/1.1', HOST, 'X : y'],
  [400, 'malformed header line', 'GET / HTTP/1.1', HOST, 'X\t: y'],
  [400, 'malformed header line', 'GET / HTTP/1.1', HOST, 'X Y: z'],
  [400, 'malformed header line', 'GET / HTTP/1.1', HOST, ' X: y'],
  [400, 'malformed header line', 'GET / HTTP/1.1', HOST, 'X: y', ' folded: z'],
  [400, 'malformed header line', 'GET / HTTP/1.1', HOST, 'X: y', '\tfolded'],
  [400, 'malformed header line', 'GET / HTTP/1.1', HOST, ': y'],
  [400, 'malformed header line', 'GET / HTTP/1.1', HOST, 'nothing'],
  [400, 'malformed header line', 'GET / HTTP/1.1', HOST, 'X(: y'],
  [400, 'malformed header line', 'GET / HTTP/1.1', HOST, 'Caf\xe9: y'],
  [400, 'malformed header line', 'GET / HTTP/1.1', ' Host: a'],
  [431, 'too many header lines', 'GET / HTTP/1.1', HOST, ...Array.from({ length: 100 }, (_, n) => `X-${n}: y`)],
  // Bytes no head may hold.
  ...['\0', '\x01', '\x0b', '\x0c', '\x1f', '\x7f', 'a\rb', 'a\nb'].map(
    (bytes) => [400, 'control byte or bare line end in the head', 'GET / HTTP/1.1', HOST, `X: ${bytes}`] as const,
  ),
  [400, 'control byte or bare line end in the head', 'GET /\0 HTTP/1.1', HOST],
  [400, 'control byte or bare line end in the head', 'GET / HTTP/1.1\n', HOST],
  // Connection.
  [400, 'malformed Connection', 'GET / HTTP/1.1', HOST, 'Connection: close, a b'],
  [400, 'malformed Connection', 'GET / HTTP/1.1', HOST, 'Connection: "close"'],
  ...['Host', 'content-length', 'Transfer-Encoding', 'trailer', 'Expect'].map(
    (name) => [400, 'malformed Connection', 'GET / HTTP/1.1', HOST, `Connection: close, ${name}`] as const,
  ),
  // Framing: one length or one chunked, never both, never twice.
  ...['', '+5', '-5', '5x', '0x5', '5 5', '5, 5', '5,6', '1e3', '5.0', '1'.repeat(16), '\xb5'].map(
    (value) => [400, 'malformed Content-Length', POST, HOST, `Content-Length: ${value}`] as const,
  ),
  [400, 'two Content-Length lines', POST, HOST, 'Content-Length: 5', 'Content-Length: 5'],
  [400, 'two Content-Length lines', POST, HOST, 'Content-Length: 5', 'content-length: 6'],
  [400, 'Content-Length and Transfer-Encoding', POST, HOST, 'Content-Length: 5', 'Transfer-Encoding: chunked'],
  [400, 'Content-Length and Transfer-Encoding', POST, HOST, 'Transfer-Encoding: chunked', 'Content-Length: 5'],
  [400, 'two Transfer-Encoding lines', POST, HOST, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
  [400, 'two Transfer-Encoding lines', POST, HOST, 'Transfer-Encoding: identity', 'Transfer-Encoding: chunked'],
  [400, 'Transfer-Encoding in HTTP/1.0', 'POST / HTTP/1.0', HOST, 'Transfer-Encoding: chunked'],
  ...[
    '',
    'gzip',
    'identity',
    'chunked, chunked',
    'gzip, chunked, chunked',
    'chunked, gzip, chunked',
    'gzip;q=1, chunked',
    'chunked, identity',
    'chunked;q=1',
    'xchunked',
    'chunked,',
    ',chunked',
    '"chunked"',
    'chun\tked',
    'chunked\t',
    '\tchunked',
  ].map((value) => [400, 'unsupported transfer coding', POST, HOST, `Transfer-Encoding: ${value}`] as const),
  ...['gzip, chunked', 'identity,chunked', 'GZIP , br, Chunked', 'xchunked, chunked'].map(
    (value) => [501, 'unsupported transfer coding', POST, HOST, `Transfer-Encoding: ${value}`] as const,
  ),
  [400, 'malformed header line', POST, HOST, 'Content-Length: 5', 'Content_Length: 6'],
  [400, 'malformed header line', POST, HOST, 'Transfer_Encoding: chunked'],
  ...['GET', 'HEAD', 'DELETE'].map(
    (verb) => [413, `HTTP/1.0 ${verb} with a body`, `${verb} / HTTP/1.0`, 'Content-Length: 5'] as const,
  ),
  // Upgrades.
  [400, 'WebSocket handshake without a valid key', 'GET / HTTP/1.1', HOST, 'Connection: upgrade', 'Upgrade: websocket'],
  [
    400,
    'WebSocket handshake without a valid key',
    'GET / HTTP/1.1',
    HOST,
    'Connection: upgrade',
    'Upgrade: foo, WebSocket',
    'Sec-WebSocket-Key: short',
  ],
];

for (const [status, reason, ...head] of REFUSED) {
  test(`refused with ${status}, ${reason}: ${JSON.stringify(head.slice(0, 4))}`, () => {
    const [line = '', ...headers] = head;
    const refusal = parse(line, ...headers);
    assert.ok('refused' in refusal);
    assert.deepEqual([refusal.status, refusal.reason], [status, reason]);
  });
}

/** `‸` is before the character that is wrong. */
const PLACES: readonly string[] = [
  'GARBAGE‸',
  '‸ / HTTP/1.1',
  'GET /‸',
  'G‸(T / HTTP/1.1|Host: a',
  'GET /%zz‸\x80 HTTP/1.1|Host: a',
  'GET / ‸HTTP/1.x|Host: a',
  'GET / ‸HTTP/2.0|Host: a',
  'GET /x HTTP/1.1|Host: a|bad‸ header here|Tab:\tz',
  'GET / HTTP/1.1|Host: a|X: a‸\x01b',
  'GET / HTTP/1.1|Host: a|Host: ‸b',
  'GET / HTTP/1.1|Host: ‸a b',
  'GET / HTTP/1.1|X: y|‸',
  'GET http://b/ HTTP/1.1|Host: ‸a',
  'GET / HTTP/1.1|Host: a|Content-Length: ‸5x',
  'GET / HTTP/1.1|Host: a|Transfer-Encoding:  ‸gzip',
  'GET / HTTP/1.0|Content-Length: ‸5',
  'GET / HTTP/1.1|Host: a|Connection: ‸close, host',
];

for (const place of PLACES) {
  test(`the place of what is wrong is known: ${JSON.stringify(place)}`, () => {
    const text = `${place.replaceAll('|', '\r\n')}\r\n\r\n`;
    const head = parseRequestHead(text.replace('‸', ''), limits);
    assert.equal('refused' in head && head.at, text.indexOf('‸'));
  });
}

test('a hundred header lines are not too many', () => {
  const headers = Array.from({ length: 99 }, (_, n) => `X-${n}: y`);
  assert.equal(accepted('GET / HTTP/1.1', HOST, ...headers).fields.names.length, 100);
});

test('a request that repeats the header section of the one before means the same, whatever its first line says', () => {
  const first = accepted('POST /1 HTTP/1.1', HOST, 'Content-Length: 5');
  const again = parseRequestHead('POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n', limits, first);
  assert.deepEqual(again, accepted('POST /2 HTTP/1.1', HOST, 'Content-Length: 5'));
});

const AFTER: readonly (readonly [what: string, second: string])[] = [
  ['another method', 'DELETE / HTTP/1.0\r\nHost: a\r\nContent-Length: 5\r\n\r\n'],
  ['a bad target', 'POST /\x01 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n'],
  ['a bare line feed', 'POST /\nX: y HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n'],
  ['one line more in front', 'POST / HTTP/1.1\r\nX: y\r\nHost: a\r\nContent-Length: 5\r\n\r\n'],
  ['one line more behind', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['another length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n'],
  ['an absolute target of another host', 'POST http://b/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n'],
];

for (const [what, second] of AFTER) {
  test(`a request with ${what} is read as if no request had come before it`, () => {
    const first = accepted('POST /1 HTTP/1.1', HOST, 'Content-Length: 5');
    assert.deepEqual(parseRequestHead(second, limits, first), parseRequestHead(second, limits));
  });
}
