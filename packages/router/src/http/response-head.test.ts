import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseResponseHead, type ResponseHead } from './response-head.ts';
import type { WrongHead } from './wrong-head.ts';

const limits = { maxHeadBytes: 15_360, maxHeaders: 100 };

function parse(method: string, line: string, ...headers: readonly string[]): ResponseHead | WrongHead {
  return parseResponseHead([line, ...headers, '', ''].join('\r\n'), method, limits);
}

function summary(head: ResponseHead | WrongHead): string {
  if ('refused' in head) return `refused: ${head.reason}`;
  const { status, version, framing, contentLength, keepAlive } = head;
  return [status, version, framing, contentLength, keepAlive ? 'keep' : 'close'].join(' ');
}

const OK = 'HTTP/1.1 200 OK';

const ACCEPTED: readonly (readonly [summary: string, method: string, ...head: readonly string[]])[] = [
  ['200 1.1 length 5 keep', 'GET', OK, 'Content-Length: 5'],
  ['200 1.1 none 0 keep', 'GET', OK, 'Content-Length: 0'],
  ['200 1.1 chunked 0 keep', 'GET', OK, 'Transfer-Encoding: chunked'],
  ['200 1.1 close 0 close', 'GET', OK],
  ['200 1.1 length 5 close', 'GET', OK, 'Content-Length: 5', 'Connection: close'],
  ['200 1.0 length 5 close', 'GET', 'HTTP/1.0 200 OK', 'Content-Length: 5'],
  ['200 1.0 length 5 keep', 'GET', 'HTTP/1.0 200 OK', 'Content-Length: 5', 'Connection: Keep-Alive'],
  ['200 1.0 close 0 close', 'GET', 'HTTP/1.0 200 OK', 'Connection: keep-alive'],
  // No body, whatever the fields say (RFC 9112 §6.3).
  ['200 1.1 none 5 keep', 'HEAD', OK, 'Content-Length: 5'],
  ['200 1.1 none 0 keep', 'HEAD', OK, 'Transfer-Encoding: chunked'],
  ['200 1.1 none 0 keep', 'HEAD', OK],
  ['204 1.1 none 0 keep', 'GET', 'HTTP/1.1 204 No Content'],
  ['304 1.1 none 5 keep', 'GET', 'HTTP/1.1 304 Not Modified', 'Content-Length: 5'],
  ['100 1.1 none 0 keep', 'GET', 'HTTP/1.1 100 Continue'],
  ['103 1.1 none 0 keep', 'GET', 'HTTP/1.1 103 Early Hints', 'Link: </a>'],
  ['101 1.1 none 0 keep', 'GET', 'HTTP/1.1 101 Switching Protocols', 'Connection: upgrade', 'Upgrade: foo'],
  // Status lines.
  ['200 1.1 none 0 keep', 'GET', 'HTTP/1.1 200', 'Content-Length: 0'],
  ['200 1.1 none 0 keep', 'GET', 'HTTP/1.1 200 ', 'Content-Length: 0'],
  ['999 1.1 none 0 keep', 'GET', 'HTTP/1.1 999 Caf\xe9\ttime', 'Content-Length: 0'],
];

for (const [expected, method, ...head] of ACCEPTED) {
  test(`accepted, ${expected}: ${method} answered with ${JSON.stringify(head)}`, () => {
    const [line = '', ...headers] = head;
    assert.equal(summary(parse(method, line, ...headers)), expected);
  });
}

const REFUSED: readonly (readonly [reason: string, ...head: readonly string[]])[] = [
  ['malformed status line', 'HTTP/1.1 099 What'],
  ['malformed status line', 'HTTP/1.1 1000 What'],
  ['malformed status line', 'HTTP/1.1 20 What'],
  ['malformed status line', 'HTTP/1.1 2x0 What'],
  ['malformed status line', 'HTTP/1.1  200 OK'],
  ['malformed status line', 'HTTP/1.1 200OK'],
  ['malformed status line', 'HTTP/1.1\t200 OK'],
  ['malformed status line', 'HTTP/1.2 200 OK'],
  ['malformed status line', 'HTTP/2.0 200 OK'],
  ['malformed status line', 'http/1.1 200 OK'],
  ['malformed status line', 'ICY 200 OK'],
  ['malformed status line', '200 OK'],
  ['malformed status line', ''],
  ['malformed status line', '<html>'],
  ['malformed header line', OK, 'X : y'],
  ['malformed header line', OK, 'X: y', ' folded'],
  ['malformed header line', OK, 'nothing'],
  ['malformed header line', OK, ': y'],
  ['malformed header line', OK, 'X Y: z'],
  ['control byte or bare line end in the head', OK, 'X: \0'],
  ['control byte or bare line end in the head', OK, 'X: a\rY: b'],
  ['control byte or bare line end in the head', OK, 'X: a\nY: b'],
  ['control byte or bare line end in the head', 'HTTP/1.1 200 O\x7fK'],
  ['too many header lines', OK, ...Array.from({ length: 101 }, (_, n) => `X-${n}: y`)],
  ['malformed Connection', OK, 'Connection: content-length'],
  ['malformed Connection', OK, 'Connection: a b'],
  ['malformed Content-Length', OK, 'Content-Length: 5, 5'],
  ['malformed Content-Length', OK, 'Content-Length: -1'],
  ['malformed Content-Length', OK, 'Content-Length:'],
  ['malformed Content-Length', OK, 'Content-Length: 1234567890123456'],
  ['malformed Content-Length', 'HTTP/1.1 204 No Content', 'Content-Length: x'],
  ['two Content-Length lines', OK, 'Content-Length: 5', 'Content-Length: 5'],
  ['Content-Length and Transfer-Encoding', OK, 'Content-Length: 5', 'Transfer-Encoding: chunked'],
  ['two Transfer-Encoding lines', OK, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
  ['unsupported transfer coding', OK, 'Transfer-Encoding: gzip, chunked'],
  ['unsupported transfer coding', OK, 'Transfer-Encoding: identity'],
  ['unsupported transfer coding', OK, 'Transfer-Encoding: chunked\t'],
  ['Transfer-Encoding in HTTP/1.0', 'HTTP/1.0 200 OK', 'Transfer-Encoding: chunked'],
];

for (const [reason, ...head] of REFUSED) {
  test(`refused, ${reason}: ${JSON.stringify(head.slice(0, 3))}`, () => {
    const [line = '', ...headers] = head;
    assert.equal(summary(parse('GET', line, ...headers)), `refused: ${reason}`);
  });
}

/** `‸` is before the character that is wrong. */
const PLACES: readonly string[] = [
  '‸garbage',
  '‸',
  'HTTP/1.1 2‸x0 What',
  'HTTP/1.1 200‸OK',
  'HTTP/1.1 ‸ 200 OK',
  'HTTP/1.1 200 O‸\x7fK',
  'HTTP/1.1 200 OK|X: a‸\nY: b',
  'HTTP/1.1 200 OK|bad‸ name: x|Content-Length: 0',
  'HTTP/1.1 200 OK|nothing‸',
  'HTTP/1.1 200 OK|‸: y',
  'HTTP/1.1 200 OK|X: y|‸ folded',
  'HTTP/1.1 200 OK|‸Content_Length: 5',
  'HTTP/1.1 200 OK|Content-Length: 5|Content-Length: ‸5',
  'HTTP/1.1 200 OK|Content-Length: \t‸5x',
  'HTTP/1.1 200 OK|Connection: ‸a b',
  'HTTP/1.1 200 OK|Transfer-Encoding: chunked|Transfer-Encoding: ‸chunked',
];

for (const place of PLACES) {
  test(`the place of what is wrong is known: ${JSON.stringify(place)}`, () => {
    const text = `${place.replaceAll('|', '\r\n')}\r\n\r\n`;
    const head = parseResponseHead(text.replace('‸', ''), 'GET', limits);
    assert.equal('refused' in head && head.at, text.indexOf('‸'));
  });
}

const IDLE: readonly (readonly [value: string, milliseconds: number])[] = [
  ['timeout=5', 5000],
  ['max=100, timeout=7', 7000],
  ['timeout=5, max=100', 5000],
  ['timeout=x', 0],
  ['', 0],
];

for (const [value, milliseconds] of IDLE) {
  test(`Keep-Alive: ${value} is an idle time of ${milliseconds} ms`, () => {
    const head = parse('GET', OK, 'Content-Length: 0', `Keep-Alive: ${value}`);
    assert.equal('refused' in head ? head : head.idleTimeout, milliseconds);
  });
}
