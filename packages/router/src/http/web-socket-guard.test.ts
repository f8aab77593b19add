import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WebSocketLimits } from '../model/web-socket.ts';
import { FrameScanner } from './web-socket-frames.ts';
import { FrameGuard } from './web-socket-guard.ts';

/** A frame as clients send it, of zeros. */
function frame(first: number, length: number, masked = true): Buffer {
  const mask = masked ? 0x80 : 0;
  const head = length < 126 ? [first, mask | length] : [first, mask | 126, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), Buffer.alloc(length + (masked ? 4 : 0))]);
}
const TEXT = 0x81;
const BEGINNING = 0x01;
const MIDDLE = 0x00;
const END = 0x80;
const PING = 0x89;
const CLOSE = 0x88;

const follow = (limits: WebSocketLimits, frames: readonly Buffer[], size: number) => {
  const scanner = new FrameScanner(FrameGuard.ofClient(limits, 0));
  const bytes = Buffer.concat(frames);
  let passed = 0;
  for (let at = 0; at < bytes.length && scanner.violation === undefined; at += size)
    passed = at + scanner.follow(bytes.subarray(at, at + size));
  const { violation } = scanner;
  return { passed, told: violation === undefined ? undefined : `${violation.code} ${violation.reason}` };
};

const TABLE: readonly (readonly [
  what: string,
  limits: WebSocketLimits,
  frames: readonly Buffer[],
  /** How many of the frames pass, and what refuses the next. */
  pass: number,
  told?: string,
])[] = [
  ['a message of the longest length', { maxMessage: 200 }, [frame(TEXT, 200)], 1],
  ['a byte more', { maxMessage: 200 }, [frame(TEXT, 201)], 0, '1009 message too big'],
  [
    'one that grows too big by its fragments',
    { maxMessage: 200 },
    [frame(BEGINNING, 150), frame(PING, 4), frame(END, 51)],
    2,
    '1009 message too big',
  ],
  [
    'fragments of the longest length, and another message',
    { maxMessage: 200 },
    [frame(BEGINNING, 150), frame(PING, 125), frame(END, 50), frame(TEXT, 200)],
    4,
  ],
  ['two messages where two may come', { messages: 2 }, [frame(TEXT, 1), frame(TEXT, 1)], 2],
  ['a third', { messages: 2 }, [frame(TEXT, 1), frame(TEXT, 1), frame(TEXT, 1)], 2, '1008 too many messages'],
  [
    'a burst of four',
    { messages: 2, burst: 2000 },
    [1, 1, 1, 1, 1].map(() => frame(TEXT, 1)),
    4,
    '1008 too many messages',
  ],
  ['pings count', { messages: 2 }, [frame(PING, 0), frame(PING, 0), frame(PING, 0)], 2, '1008 too many messages'],
  ['a Close frame is let go', { messages: 1, bytes: 7 }, [frame(TEXT, 1), frame(CLOSE, 2)], 2],
  [
    'large fragments are one message',
    { messages: 1 },
    [frame(BEGINNING, 5000), frame(MIDDLE, 5000), frame(MIDDLE, 5000), frame(END, 1)],
    4,
  ],
  [
    'small fragments are not',
    { messages: 3 },
    [frame(BEGINNING, 1), frame(MIDDLE, 1), frame(MIDDLE, 0), frame(MIDDLE, 0)],
    3,
    '1008 too many messages',
  ],
  ['bytes that may come, headers among them', { bytes: 100 }, [frame(TEXT, 44), frame(TEXT, 43), frame(TEXT, 1)], 3],
  [
    'no more once they are used up',
    { bytes: 100 },
    [frame(TEXT, 44), frame(TEXT, 44), frame(TEXT, 0)],
    2,
    '1008 too many bytes',
  ],
  ['a client that does not mask', { maxMessage: 9 }, [frame(TEXT, 1, false)], 0, '1002 protocol error'],
  ['an opcode that is none', { maxMessage: 9 }, [frame(0x83, 1)], 0, '1002 protocol error'],
  ['a control frame that is none', { maxMessage: 9 }, [frame(0x8b, 1)], 0, '1002 protocol error'],
  ['a ping in fragments', { maxMessage: 9 }, [frame(0x09, 1)], 0, '1002 protocol error'],
  ['a long ping', { maxMessage: 999 }, [frame(PING, 126)], 0, '1002 protocol error'],
  ['a message within a message', { maxMessage: 9 }, [frame(BEGINNING, 1), frame(TEXT, 1)], 1, '1002 protocol error'],
  ['a fragment of no message', { maxMessage: 9 }, [frame(TEXT, 1), frame(END, 1)], 1, '1002 protocol error'],
  [
    'a length that no message can have',
    { messages: 9 },
    [Buffer.from([TEXT, 255, ...Array.from({ length: 12 }, () => 255)])],
    0,
    '1002 protocol error',
  ],
];

for (const [what, limits, frames, pass, told] of TABLE)
  test(`${what}: ${told ?? 'passes'}, however its bytes arrive`, () => {
    const end = frames.slice(0, pass).reduce((total, { length }) => total + length, 0);
    for (const size of [1, 2, 5, 100_000]) assert.deepEqual(follow(limits, frames, size), { passed: end, told });
  });

test('what was used comes back with time, up to a burst', () => {
  const guard = FrameGuard.ofClient({ messages: 2, burst: 1000 }, 0);
  const scanner = new FrameScanner(guard);
  const send = (count: number): void => {
    for (let each = 0; each < count; each += 1) scanner.follow(frame(TEXT, 1));
  };
  send(2);
  guard.at(500);
  send(1);
  guard.at(60_000);
  send(2);
  const code = (): number | undefined => scanner.violation?.code;
  assert.equal(code(), undefined);
  send(1);
  assert.equal(code(), 1008);
});

test('a frame may run up a debt of one more burst, and is cut in its middle after that', () => {
  const scanner = new FrameScanner(FrameGuard.ofClient({ bytes: 1000 }, 0));
  scanner.follow(frame(TEXT, 60_000).subarray(0, 2000));
  assert.equal(scanner.violation, undefined);
  scanner.follow(Buffer.alloc(1));
  assert.deepEqual(scanner.violation, { code: 1008, reason: 'too many bytes', between: false });
});

test('of a server only its longest message is limited', () => {
  assert.equal(FrameGuard.ofServer({ messages: 1, bytes: 1 }, 0), undefined);
  const scanner = new FrameScanner(FrameGuard.ofServer({ maxMessage: 5, messages: 1, bytes: 1 }, 0));
  const code = (): number | undefined => scanner.violation?.code;
  for (let each = 0; each < 9; each += 1) scanner.follow(frame(TEXT, 5, false));
  assert.equal(code(), undefined);
  scanner.follow(frame(TEXT, 6, false));
  assert.equal(code(), 1009);
});

test('beside a refused frame the rest is followed: the Close frame of its sender is seen', () => {
  const scanner = new FrameScanner(FrameGuard.ofClient({ maxMessage: 5 }, 0));
  assert.equal(scanner.follow(Buffer.concat([frame(TEXT, 5), frame(TEXT, 99), frame(CLOSE, 2)])), 11);
  assert.equal(scanner.closed, true);
});
