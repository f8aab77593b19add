import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FastRequest } from './fast-request.ts';
import { FastResponse } from './fast-response.ts';
import { HeadEdits } from './head-edits.ts';
import { HeadWriter, roomForHead } from './head-writer.ts';
import { parseRequestHead } from './request-head.ts';
import { writeRequestHead } from './request-writer.ts';
import { parseResponseHead } from './response-head.ts';
import { writeResponseHead } from './response-writer.ts';
import { agreeOnRequest, agreeOnResponse, limits } from './testing.ts';

const out = Buffer.alloc(65536);

const request =
  'POST /a/b?c=d HTTP/1.1\r\nHost: www.example.test:8080\r\nConnection: keep-alive\r\nAccept:  */* \t\r\nCookie: a=b; c=d\r\n' +
  'Content-Length: 12\r\nX-Empty:\r\nKeep-Alive: 5\r\nCookie: e=f\r\nX_Under: 1\r\n\r\n';
const response =
  'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 12\r\nSet-Cookie: a=b\r\n' +
  'Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\n';

test('a plain request is read by the fast path as the strict parser reads it', () => {
  assert.ok(agreeOnRequest(new FastRequest(), request));
  assert.ok(agreeOnRequest(new FastRequest(), `${request}hello world!`));
});

test('a plain answer is read by the fast path as the strict parser reads it', () => {
  assert.ok(agreeOnResponse(new FastResponse(), response, 'GET'));
});

test('every byte value at every place of a request: accepted by the fast path only where the strict parser reads the same', () => {
  const fast = new FastRequest();
  let accepted = 0;
  for (let at = 0; at < request.length; at += 1) {
    for (let byte = 0; byte < 256; byte += 1) {
      const text = request.slice(0, at) + String.fromCharCode(byte) + request.slice(at + 1);
      if (agreeOnRequest(fast, text)) accepted += 1;
    }
  }
  assert.ok(accepted > 1000);
});

test('every byte value at every place of an answer: the same', () => {
  const fast = new FastResponse();
  let accepted = 0;
  for (let at = 0; at < response.length; at += 1) {
    for (let byte = 0; byte < 256; byte += 1) {
      const text = response.slice(0, at) + String.fromCharCode(byte) + response.slice(at + 1);
      if (agreeOnResponse(fast, text, 'GET')) accepted += 1;
    }
  }
  assert.ok(accepted > 1000);
});

for (const [what, text] of [
  ['HTTP/1.0', 'GET / HTTP/1.0\r\nHost: a\r\n\r\n'],
  ['a login of its connection', 'GET / HTTP/1.1\r\nHost: a\r\nAuthorization: NTLM a\r\n\r\n'],
  ['no Host', 'GET / HTTP/1.1\r\nA: b\r\n\r\n'],
  ['an empty Host', 'GET / HTTP/1.1\r\nHost:\r\n\r\n'],
  ['two Host lines', 'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n'],
  ['an IPv6 host', 'GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n'],
  ['an absolute target', 'GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a coding', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['an expectation', 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n'],
  ['an upgrade', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ['an incomplete head', 'GET / HTTP/1.1\r\nHost: a\r\n'],
  ['half of the last line end', 'GET / HTTP/1.1\r\nHost: a\r\n\r'],
  ['a name that passes for Content-Length', 'POST / HTTP/1.1\r\nHost: a\r\ncontent_length: 5\r\n\r\n'],
  ['a head over the limit', `GET / HTTP/1.1\r\nHost: a\r\nA: ${'b'.repeat(4096)}\r\n\r\n`],
  ['more lines than allowed', `GET / HTTP/1.1\r\nHost: a\r\n${'A: b\r\n'.repeat(20)}\r\n`],
] as const) {
  test(`${what} is left to the strict parser`, () => {
    const bytes = Buffer.from(text);
    assert.equal(new FastRequest().read(bytes, 0, bytes.length, limits), -1);
  });
}

test('a head after a longer one is read without what the longer one left', () => {
  const fast = new FastRequest();
  assert.ok(agreeOnRequest(fast, request));
  assert.ok(!agreeOnRequest(fast, 'GET / HTTP/1.1\r\nHost: a\r\nB: c\r\n'));
  assert.ok(agreeOnRequest(fast, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
  assert.deepEqual(fast.lines.values('cookie'), []);
});

test('edits are seen by whoever reads after them, and are sent in their places', () => {
  const head = parseRequestHead(request, limits);
  assert.ok(!('refused' in head));
  const edits = new HeadEdits(head.lines);
  assert.ok(edits.setTarget('/new'));
  edits.set('accept', 'text/html');
  edits.add('X-Added', '1');
  edits.add('x-added', '2');
  edits.removeWhere((name) => name === 'x-empty');
  edits.replace('cookie', (value) => value.replace('=', '!'));
  edits.replace('x-added', (value) => `${value}0`);
  assert.deepEqual(edits.values('accept'), ['text/html']);
  assert.deepEqual(edits.values('x-added'), ['10', '20']);
  assert.deepEqual(edits.values('cookie'), ['a!b; c=d', 'e!f']);
  assert.ok(!edits.fields().names.includes('x-empty'));
  const writer = new HeadWriter(out);
  writeRequestHead(writer, head, edits, [['X-Forwarded-For', '127.0.0.1']], false);
  assert.ok(writer.length <= roomForHead(head.lines, edits));
  assert.equal(
    out.toString('latin1', 0, writer.length),
    'POST /new HTTP/1.1\r\nHost: www.example.test:8080\r\nCookie: a!b; c=d\r\nContent-Length: 12\r\nCookie: e!f\r\nX_Under: 1\r\n' +
      'accept: text/html\r\nX-Added: 10\r\nx-added: 20\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n',
  );
});

test('an edited status line is sent in our version', () => {
  const head = parseResponseHead(response, 'GET', limits);
  assert.ok(!('refused' in head));
  const edits = new HeadEdits(head.lines);
  assert.ok(edits.setStatus(404, 'Gone Fishing'));
  edits.removeWhere((name) => name === 'set-cookie');
  const writer = new HeadWriter(out);
  writeResponseHead(writer, head, edits, { version: '1.1', close: true });
  assert.equal(
    out.toString('latin1', 0, writer.length),
    'HTTP/1.1 404 Gone Fishing\r\nContent-Type: text/html\r\nContent-Length: 12\r\nConnection: close\r\n\r\n',
  );
});
