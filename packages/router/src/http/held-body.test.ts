import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FramedBody, HeldBody } from './held-body.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

test('a body of known length is complete at its end, whatever follows', () => {
  const body = new FramedBody(100, 5, 1000);
  body.feed(bytes('he'));
  assert.deepEqual([body.text, body.length, body.size, body.enough(0), body.enough(2)], ['he', 2, 5, false, true]);
  body.feed(bytes('lloGET / HTTP/1.1'));
  assert.deepEqual([body.text, body.length, body.size, body.complete], ['hello', 5, 5, true]);
});

test('a body in chunks is held without its framing', () => {
  const body = new FramedBody(100, undefined, 1000);
  body.feed(bytes('3\r\na=1\r\n10\r\n&b'));
  assert.deepEqual([body.text, body.length, body.size], ['a=1&b', 5, 19]);
  body.feed(bytes('=2456789012345\r\n0\r\n\r\nGET'));
  assert.deepEqual([body.text, body.complete], ['a=1&b=2456789012345', true]);
});

test('a body whose framing breaks is not waited for', () => {
  const body = new FramedBody(100, undefined, 1000);
  body.feed(bytes('3\r\na=1junk'));
  assert.deepEqual([body.broken, body.complete, body.enough(0)], [true, false, true]);
});

test('a body that ends with its connection is complete when that says so', () => {
  const body = new FramedBody(100, Infinity, 1000);
  body.feed(bytes('abc'));
  assert.deepEqual([body.text, body.size, body.complete], ['abc', 3, false]);
});

test('no more than the limit is held, and then nothing is waited for', () => {
  const body = new HeldBody(10, 5000);
  for (let count = 0; count < 500; count += 1) body.add(bytes('0123456789'));
  assert.deepEqual([body.text, body.length, body.size, body.enough(0)], ['0123456789', 10, 5000, true]);
  assert.equal(new HeldBody(-5).enough(0), true, 'a head that leaves no room');
});

test('a body of tiny chunks is not waited for beyond eight times the limit', () => {
  const body = new FramedBody(1000, undefined, 1000);
  let fed = 0;
  for (; !body.full && fed < 100_000; fed += 12) body.feed(bytes('1;extend\r\nx\r\n'));
  assert.ok(fed <= 8000 + 12, `${fed} bytes`);
  assert.ok(body.length < 1000);
});

test('what was lent is copied', () => {
  const lent = bytes('abc');
  const body = new HeldBody(10);
  body.add(lent);
  lent.fill(0x78);
  assert.equal(body.text, 'abc');
});
