import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InvalidMessage } from '../model/invalid-message.ts';
import { InvalidMessages, MOST_KEPT } from './invalid-messages.ts';
import { invalidText } from './invalid-text.ts';

const WEB = { name: 'web', number: 2 };
const APP = { name: 'app', number: 3 };

function message(bytes: string, at = 0, more: Partial<InvalidMessage> = {}): InvalidMessage {
  return {
    kind: 'request',
    frontend: WEB,
    backend: undefined,
    server: undefined,
    client: { address: '192.0.2.1', port: 4711 },
    reason: 'malformed header line',
    bytes: Buffer.from(bytes, 'latin1'),
    at,
    passed: 0,
    ...more,
  };
}

function textOf(one: InvalidMessage): string {
  const messages = new InvalidMessages();
  messages.keep(one);
  return messages.all.map(invalidText).join('');
}

describe('messages that were refused', () => {
  it('are kept one of each kind for each proxy, the last one, and counted', () => {
    const messages = new InvalidMessages();
    for (const bytes of ['one', 'two']) messages.keep(message(bytes));
    messages.keep(message('three', 0, { kind: 'response', backend: APP }));
    messages.keep(message('four', 0, { frontend: APP }));
    const seen = messages.all.map(({ kind, bytes, event }) => [kind, String.fromCharCode(...bytes), event]);
    assert.deepEqual(seen, [
      ['request', 'two', 1],
      ['request', 'four', 3],
      ['response', 'three', 2],
    ]);
    assert.equal(messages.total, 4);
  });

  it('are forgotten with their proxy', () => {
    const messages = new InvalidMessages();
    messages.keep(message('one'));
    messages.retain(new Set(['app']));
    assert.deepEqual([messages.all, messages.total], [[], 1]);
  });

  it('are copied: the memory is read into again', () => {
    const messages = new InvalidMessages();
    const one = message('one');
    messages.keep(one);
    one.bytes.fill('!');
    assert.equal(String.fromCharCode(...(messages.all[0]?.bytes ?? [])), 'one');
  });

  for (const [length, at, from] of [
    [MOST_KEPT, MOST_KEPT, 0],
    [MOST_KEPT + 100, 10, 0],
    [100_000, 50_000, 50_000 - MOST_KEPT / 2],
    [100_000, 99_999, 100_000 - MOST_KEPT],
  ] as const) {
    it(`are cut around what is wrong: byte ${at} of ${length}`, () => {
      const messages = new InvalidMessages();
      messages.keep(message('x'.repeat(length), at, { passed: 7 }));
      const [kept] = messages.all;
      assert.deepEqual([kept?.bytes.length, kept?.at, kept?.passed], [MOST_KEPT, at - from, 7 + from]);
    });
  }

  it('are printed as HAProxy prints them', () => {
    const text = textOf(
      message('GET /x HTTP/1.1\r\nHost: a\r\nbad header here\r\nTab:\tz \\ \xc3\xa9\x1b\0\r\n\r\n', 29),
    );
    assert.equal(
      text.replace(/\[.*?\]/, '[date]'),
      ` 
[date] frontend web (#2): invalid request
  backend <NONE> (#-1), server <NONE> (#-1), event #0, src 192.0.2.1:4711
  reason: malformed header line
  buffer starts at 0 (including 0 out), 16324 free,
  len 60, wraps at 16384, error at position 29
  H1 connection flags 0x00000000, H1 stream flags 0x00000000
  H1 msg state MSG_HDR_NAME(17), H1 msg flags 0x00000000
  H1 chunk len 0 bytes, H1 body len 0 bytes :
  
  00000  GET /x HTTP/1.1\\r\\n
  00017  Host: a\\r\\n
  00026  bad header here\\r\\n
  00043  Tab:\\tz \\\\ \\xC3\\xA9\\e\\x00\\r\\n
  00058  \\r\\n
`,
    );
  });

  it('are printed in lines of at most 70 columns, with where each starts', () => {
    const text = textOf(message(`X: ${'y'.repeat(140)}\x01\x02\r\n`));
    assert.deepEqual(text.split('\n').slice(10, -1), [
      `  00000  X: ${'y'.repeat(67)}`,
      `  00070+ ${'y'.repeat(70)}`,
      '  00140+ yyy\\x01\\x02\\r\\n',
    ]);
  });

  for (const [bytes, at, kind, state] of [
    ['GE(T / HTTP/1.1\r\n', 2, 'request', 'MSG_RQMETH(2)'],
    ['GET /# HTTP/1.1\r\n', 5, 'request', 'MSG_RQURI(4)'],
    ['GET / HTTP/x\r\n', 6, 'request', 'MSG_RQVER(6)'],
    ['garbage\r\n\r\n', 0, 'response', 'MSG_RPVER(10)'],
    ['HTTP/1.1 2x0\r\n', 10, 'response', 'MSG_RPCODE(12)'],
    ['HTTP/1.1 200 O\0\r\n', 14, 'response', 'MSG_RPREASON(14)'],
    ['HTTP/1.1 200 OK\r\nX: \0', 20, 'response', 'MSG_HDR_VAL(22)'],
    ['POST / HTTP/1.1\r\nHost: a\r\n\r\nzz', 28, 'request', 'MSG_CHUNK_SIZE(26)'],
  ] as const) {
    it(`name the part that is wrong: ${state}`, () => {
      assert.match(
        textOf(message(bytes, at, { kind, backend: APP })),
        new RegExp(` ${state.replace(/[()]/g, '\\$&')},`),
      );
    });
  }
});
