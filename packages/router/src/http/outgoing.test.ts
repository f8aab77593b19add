import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerHead, refusalText, type ClientSide } from './outgoing.ts';
import { interimHeadFor, requestHeadFor, responseHeadFor, switchingHeadFor } from './testing.ts';
import { parseRequestHead, type RequestHead } from './request-head.ts';
import { parseResponseHead, type ResponseHead } from './response-head.ts';

const limits = { maxHeadBytes: 15_360, maxHeaders: 100 };

/** Heads are written here with | for the line ends. */
function lines(text: string): string {
  return `${text.replaceAll('|', '\r\n')}\r\n\r\n`;
}

function request(text: string): RequestHead {
  const head = parseRequestHead(lines(text), limits);
  if ('refused' in head) throw new Error(head.reason);
  return head;
}

function response(text: string, method = 'GET'): ResponseHead {
  const head = parseResponseHead(lines(text), method, limits);
  if ('refused' in head) throw new Error(head.reason);
  return head;
}

const REQUESTS: readonly (readonly [what: string, came: string, goes: string, close?: true])[] = [
  ['a request goes as it came', 'GET //x HTTP/1.1|HoSt:  a |X:y|X: z', 'GET //x HTTP/1.1|HoSt:  a |X:y|X: z'],
  ['on a connection of its own it says so', 'GET / HTTP/1.1|Host: a', 'GET / HTTP/1.1|Host: a|Connection: close', true],
  ["the client's close is not the server's", 'GET / HTTP/1.1|Host: a|Connection: close', 'GET / HTTP/1.1|Host: a'],
  [
    'what Connection names stays here',
    'GET / HTTP/1.1|Host: a|Connection: X-A|X-A: 1|X-B: 2',
    'GET / HTTP/1.1|Host: a|X-B: 2',
  ],
  [
    'hop-by-hop fields stay here',
    'GET / HTTP/1.1|Host: a|Keep-Alive: 1|Proxy-Connection: x|Proxy-Authorization: y|Upgrade: z|TE: gzip|B: 2',
    'GET / HTTP/1.1|Host: a|B: 2',
  ],
  [
    'chunks and their announcements pass',
    'POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked|Trailer: X',
    'POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked|Trailer: X',
  ],
  [
    'of TE only trailers passes',
    'GET / HTTP/1.1|Host: a|TE: gzip, Trailers',
    'GET / HTTP/1.1|Host: a|TE: trailers|Connection: TE',
  ],
  [
    'of TE in several lines only trailers passes',
    'GET / HTTP/1.1|Host: a|TE: gzip|TE: trailers',
    'GET / HTTP/1.1|Host: a|TE: trailers|Connection: TE',
  ],
  [
    'TE and close together',
    'GET / HTTP/1.1|Host: a|TE: trailers|Connection: TE',
    'GET / HTTP/1.1|Host: a|TE: trailers|Connection: TE, close',
    true,
  ],
  ['HTTP/1.0 asks the server to stay', 'GET / HTTP/1.0|Connection: close', 'GET / HTTP/1.0|Connection: keep-alive'],
  [
    'Expect passes',
    'POST / HTTP/1.1|Host: a|Expect: 100-continue|Content-Length: 1',
    'POST / HTTP/1.1|Host: a|Expect: 100-continue|Content-Length: 1',
  ],
  [
    'an upgrade keeps what makes it one',
    'GET / HTTP/1.1|Upgrade: foo/1|Host: a|Connection: keep-alive, upgrade',
    'GET / HTTP/1.1|Host: a|Connection: upgrade|Upgrade: foo/1',
    true,
  ],
  [
    'an upgrade to h2c loses it',
    'GET / HTTP/1.1|Host: a|Connection: Upgrade, HTTP2-Settings|Upgrade: h2c|HTTP2-Settings: x',
    'GET / HTTP/1.1|Host: a',
  ],
];

for (const [what, came, goes, close] of REQUESTS) {
  test(`request: ${what}`, () => assert.equal(requestHeadFor(request(came), undefined, close === true), lines(goes)));
}

test('request: the line to add comes behind all others, and one the client named in Connection is not the one removed', () => {
  const head = request('GET / HTTP/1.1|Host: a|X-Forwarded-For: 6.6.6.6|Connection: X-Forwarded-For');
  assert.equal(
    requestHeadFor(head, ['X-Forwarded-For', '10.0.0.1'], false),
    lines('GET / HTTP/1.1|Host: a|X-Forwarded-For: 10.0.0.1'),
  );
});

const NEW: ClientSide = { version: '1.1', close: false };
const CLOSING: ClientSide = { ...NEW, close: true };
const OLD: ClientSide = { version: '1.0', close: false };

const RESPONSES: readonly (readonly [what: string, came: string, goes: string, client: ClientSide])[] = [
  [
    'an answer goes as it came',
    'HTTP/1.1 200 Fine by me|SeRver:  x|Content-Length: 1',
    'HTTP/1.1 200 Fine by me|SeRver:  x|Content-Length: 1',
    NEW,
  ],
  [
    "the server's Connection stays here",
    'HTTP/1.1 200 OK|Connection: close, X-A|X-A: 1|Keep-Alive: timeout=5|Content-Length: 1',
    'HTTP/1.1 200 OK|Content-Length: 1',
    NEW,
  ],
  [
    'a connection that ends says so',
    'HTTP/1.1 200 OK|Content-Length: 1',
    'HTTP/1.1 200 OK|Content-Length: 1|Connection: close',
    CLOSING,
  ],
  [
    'an HTTP/1.0 client is told that the connection stays',
    'HTTP/1.1 200 OK|Content-Length: 1',
    'HTTP/1.1 200 OK|Content-Length: 1|Connection: keep-alive',
    OLD,
  ],
  [
    'an HTTP/1.0 server is answered for in our version',
    'HTTP/1.0 200 OK|Content-Length: 1',
    'HTTP/1.1 200 OK|Content-Length: 1',
    NEW,
  ],
  ['chunks pass', 'HTTP/1.1 200 OK|Transfer-Encoding: chunked', 'HTTP/1.1 200 OK|Transfer-Encoding: chunked', NEW],
  [
    'chunks taken off are not announced',
    'HTTP/1.1 200 OK|Transfer-Encoding: chunked|X: y',
    'HTTP/1.1 200 OK|X: y|Connection: close',
    { ...OLD, close: true },
  ],
  [
    'trailers that go with the chunks are not announced',
    'HTTP/1.1 200 OK|Transfer-Encoding: chunked|Trailer: X',
    'HTTP/1.1 200 OK|Connection: close',
    { ...OLD, close: true },
  ],
  [
    'the blank before an empty reason is written (RFC 9112 §4)',
    'HTTP/1.1 200|Content-Length: 1',
    'HTTP/1.1 200 |Content-Length: 1',
    NEW,
  ],
  [
    'an HTTP/1.0 server without a reason is answered for in our version',
    'HTTP/1.0 200|Content-Length: 1',
    'HTTP/1.1 200 |Content-Length: 1',
    NEW,
  ],
  ['a 204 has no length', 'HTTP/1.1 204 No Content|Content-Length: 0|X: y', 'HTTP/1.1 204 No Content|X: y', NEW],
  [
    'a 204 has no coding (RFC 9112 §6.1)',
    'HTTP/1.1 204 No Content|Transfer-Encoding: chunked|X: y',
    'HTTP/1.1 204 No Content|X: y',
    NEW,
  ],
  [
    'a 304 keeps the length of what it stands for',
    'HTTP/1.1 304 Not Modified|Content-Length: 9',
    'HTTP/1.1 304 Not Modified|Content-Length: 9',
    NEW,
  ],
  [
    'a 426 keeps the protocols it offers',
    'HTTP/1.1 426 Upgrade Required|Upgrade: foo|Connection: upgrade|Content-Length: 0',
    'HTTP/1.1 426 Upgrade Required|Upgrade: foo|Content-Length: 0|Connection: upgrade',
    NEW,
  ],
  [
    'a 426 keeps its framing too',
    'HTTP/1.1 426 Upgrade Required|Upgrade: foo|Connection: upgrade|Transfer-Encoding: chunked',
    'HTTP/1.1 426 Upgrade Required|Upgrade: foo|Transfer-Encoding: chunked|Connection: upgrade',
    NEW,
  ],
  [
    'a 426 behind which the connection ends',
    'HTTP/1.1 426 Upgrade Required|Upgrade: foo|Content-Length: 0',
    'HTTP/1.1 426 Upgrade Required|Upgrade: foo|Content-Length: 0|Connection: close, Upgrade',
    CLOSING,
  ],
  [
    'a 426 that offers nothing',
    'HTTP/1.1 426 Upgrade Required|Content-Length: 0',
    'HTTP/1.1 426 Upgrade Required|Content-Length: 0',
    NEW,
  ],
  [
    'proxy credentials asked for by a server stay here',
    'HTTP/1.1 407 No|Proxy-Authenticate: Basic|Content-Length: 0',
    'HTTP/1.1 407 No|Content-Length: 0',
    NEW,
  ],
];

for (const [what, came, goes, client] of RESPONSES) {
  test(`response: ${what}`, () => assert.equal(responseHeadFor(response(came), client), lines(goes)));
}

test('an interim answer loses the framing it cannot have', () => {
  const head = response('HTTP/1.1 103 Early Hints|Link: </a>|Content-Length: 5|Connection: X|X: y');
  assert.equal(interimHeadFor(head), lines('HTTP/1.1 103 Early Hints|Link: </a>'));
});

test('interim answers of HTTP/1.0, and its 200 to CONNECT, are passed on in our version', () => {
  assert.equal(
    interimHeadFor(response('HTTP/1.0 103 Early Hints|Link: </a>')),
    lines('HTTP/1.1 103 Early Hints|Link: </a>'),
  );
  assert.equal(interimHeadFor(response('HTTP/1.0 200 Connected', 'CONNECT')), lines('HTTP/1.1 200 Connected'));
});

test('a 101 keeps Upgrade, and of its Connection the option upgrade', () => {
  const head = response('HTTP/1.1 101 Go|Upgrade: foo|Connection: upgrade, X|X: y|Content-Length: 5');
  assert.equal(switchingHeadFor(head), lines('HTTP/1.1 101 Go|Upgrade: foo|Connection: upgrade'));
});

const ANSWER = { status: 403, reason: 'Forbidden', headers: [['x', 'y']], body: 'caf\u00e9', close: false } as const;

const ANSWERS: readonly (readonly [what: string, status: number, client: ClientSide, expected: string])[] = [
  ['counts bytes, not characters', 403, NEW, 'HTTP/1.1 403 Forbidden|content-length: 5|x: y'],
  ['says that it closes', 403, CLOSING, 'HTTP/1.1 403 Forbidden|content-length: 5|x: y|connection: close'],
  ['says to HTTP/1.0 that it stays', 403, OLD, 'HTTP/1.1 403 Forbidden|content-length: 5|x: y|connection: keep-alive'],
  ['has no length with 204', 204, NEW, 'HTTP/1.1 204 Forbidden|x: y'],
  ['has no length with 304', 304, NEW, 'HTTP/1.1 304 Forbidden|x: y'],
];

for (const [what, status, client, expected] of ANSWERS) {
  test(`an answer made here ${what}`, () => assert.equal(answerHead({ ...ANSWER, status }, client), lines(expected)));
}

test('a refusal is spelled as HAProxy spells it', () => {
  const text = refusalText({ status: 400, reason: 'Bad request', headers: [], body: 'no', close: true });
  assert.equal(
    text,
    'HTTP/1.1 400 Bad request\r\nContent-length: 2\r\nCache-Control: no-cache\r\nConnection: close\r\nContent-Type: text/html\r\n\r\nno',
  );
});
