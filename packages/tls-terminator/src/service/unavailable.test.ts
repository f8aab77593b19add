import assert from 'node:assert/strict';
import test from 'node:test';
import { unavailable } from './unavailable.ts';

const answer = (first: string): string | undefined => unavailable(Buffer.from(first))?.toString();

test('a request of HTTP/1 is answered with a page whose length is right', () => {
  const [head = '', body = ''] = (answer('GET /a?b HTTP/1.1\r\nHost: a\r\n') ?? '').split('\r\n\r\n');
  assert.match(head, /^HTTP\/1\.1 503 /);
  assert.equal(Number(/^Content-Length: (\d+)$/m.exec(head)?.[1]), Buffer.byteLength(body));
  assert.equal(answer('POST http://a/ HTTP/1.0\n')?.startsWith('HTTP/1.1 503'), true);
});

test('HEAD is answered without a body', () => {
  assert.match(answer('HEAD / HTTP/1.1\r\n') ?? '', /\r\n\r\n$/);
});

for (const first of [
  '',
  'SSH-2.0-OpenSSH_9.2 x',
  'EHLO a.test\r\n',
  'PRI * HTTP/2.0\r\n\r\n',
  'GET / HTTP/1.1',
  '\u0016\u0003\u0001',
])
  test(`${JSON.stringify(first)} is not answered`, () => assert.equal(answer(first), undefined));
