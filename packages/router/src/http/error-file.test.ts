import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseErrorFile } from './error-file.ts';

test('an error file becomes an answer, without the headers that are ours', () => {
  const text =
    'HTTP/1.0 503 Service Unavailable\r\nCache-Control: no-cache\r\nConnection: close\r\nContent-Length: 3\r\nX-Empty:\r\n\r\n<p>\n\n</p>';
  assert.deepEqual(parseErrorFile(text, 503), {
    status: 503,
    reason: 'Service Unavailable',
    headers: [
      ['cache-control', 'no-cache'],
      ['x-empty', ''],
    ],
    body: '<p>\n\n</p>',
    close: false,
  });
});

test('the pages for 400 and 408 end the connection', () => {
  for (const [code, close] of [
    [400, true],
    [408, true],
    [502, false],
  ] as const) {
    const answer = parseErrorFile('HTTP/1.1 200 OK\n\n', code);
    assert.equal(typeof answer === 'string' ? answer : answer.close, close);
  }
});

test('what is no answer says why', () => {
  const cases: readonly (readonly [text: string, why: RegExp])[] = [
    ['', /no empty line/],
    ['HTTP/1.1 503 X\n', /no empty line/],
    ['hello\n\n', /first line/],
    ['HTTP/2 503\n\n', /first line/],
    ['HTTP/1.1 503 X\nno header\n\n', /is not a header/],
    ['HTTP/1.1 503 X\n folded: x\n\n', /is not a header/],
    ['HTTP/1.1 503 X\nA: \u0007\n\n', /is not a header/],
    [`HTTP/1.1 503 X\n\n${'x'.repeat(16_384)}`, /longer than 16384/],
  ];
  for (const [text, why] of cases) {
    const answer = parseErrorFile(text, 503);
    assert.match(typeof answer === 'string' ? answer : 'an answer', why, text.slice(0, 40));
  }
});
