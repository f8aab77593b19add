import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeFrame, FrameScanner } from './web-socket-frames.ts';

const frame = (first: number, length: number, masked = false): Buffer => {
  const mask = masked ? 0x80 : 0;
  const head =
    length < 126
      ? Buffer.from([first, mask | length])
      : length < 65_536
        ? Buffer.from([first, mask | 126, length >> 8, length & 255])
        : Buffer.from([first, mask | 127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 255, length & 255]);
  // Contents that look like headers.
  return Buffer.concat([head, Buffer.alloc(masked ? 4 : 0, 0x88), Buffer.alloc(length, 0x88)]);
};
const TEXT = 0x81;
const PART = 0x01;
const LAST = 0x80;
const PING = 0x89;
const CLOSE = 0x88;

const messages: readonly (readonly [string, Buffer])[] = [
  ['an empty message', frame(TEXT, 0)],
  ['a small one', frame(TEXT, 5)],
  ['the longest with a short length', frame(TEXT, 125)],
  ['one with 16 bits of length', frame(TEXT, 126)],
  ['one with 64 bits of length', frame(TEXT, 70_000)],
  ['a masked one', frame(TEXT, 300, true)],
  ['an empty masked one', frame(TEXT, 0, true)],
  ['a fragmented one', Buffer.concat([frame(PART, 3), frame(0, 3), frame(LAST, 3)])],
  ['one with a ping between its fragments', Buffer.concat([frame(PART, 3), frame(PING, 2), frame(LAST, 3)])],
  ['a ping', frame(PING, 4)],
];

for (const [name, message] of messages)
  test(`only the end of ${name} is a boundary, however its bytes arrive`, () => {
    for (const size of [1, 2, 3, 7, 1000, message.length]) {
      const scanner = new FrameScanner();
      for (let at = 0; at < message.length; at += size) {
        assert.equal(scanner.atBoundary, at === 0, `at ${at} in pieces of ${size}`);
        scanner.follow(message.subarray(at, at + size));
      }
      assert.equal(scanner.atBoundary, true);
      assert.equal(scanner.closed, false);
    }
  });

test('it stops at the end of the message in progress', () => {
  const [begun, next] = [frame(TEXT, 400, true), frame(TEXT, 10, true)];
  const scanner = new FrameScanner();
  scanner.follow(begun.subarray(0, 100));
  assert.equal(scanner.follow(Buffer.concat([begun.subarray(100), next]), true), begun.length - 100);
  assert.equal(scanner.atBoundary, true);
  assert.equal(scanner.follow(next, true), 0);
});

test('a Close frame is noticed once it is complete', () => {
  const scanner = new FrameScanner();
  const close = frame(CLOSE, 2, true);
  scanner.follow(close.subarray(0, -1));
  assert.equal(scanner.closed, false);
  scanner.follow(close.subarray(-1));
  assert.equal(scanner.closed, true);
});

test('a length no message can have is never at an end', () => {
  const scanner = new FrameScanner();
  scanner.follow(Buffer.from([TEXT, 127, ...Array.from({ length: 8 }, () => 255)]));
  scanner.follow(Buffer.alloc(100_000));
  assert.equal(scanner.atBoundary, false);
});

test('a Close frame has its code and reason, masked as clients must', () => {
  assert.deepEqual(closeFrame(1012, 'bye', false), Buffer.from([0x88, 5, 3, 0xf4, 0x62, 0x79, 0x65]));
  const masked = closeFrame(1001, 'x', true);
  const key = masked.subarray(2, 6);
  assert.deepEqual(masked.subarray(0, 2), Buffer.from([0x88, 0x83]));
  assert.deepEqual(
    masked.subarray(6).map((byte, index) => byte ^ (key[index % 4] ?? 0)),
    Buffer.from([3, 0xe9, 0x78]),
  );
  assert.equal(closeFrame(1001, 'y'.repeat(200), false).length, 127);
});
