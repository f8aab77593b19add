import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecordMemory } from './record-memory.ts';

const RECORD = 16_384;

/** A record that is filled with `byte`, and what was reported of it. */
function record(memory: RecordMemory, byte: string, size: number, held: boolean): Buffer {
  memory.next.fill(byte, 0, size);
  let reported = Buffer.alloc(0);
  memory.lend(size, (chunk) => {
    reported = chunk as Buffer<ArrayBuffer>;
    return held;
  });
  assert.equal(reported.length, size);
  return reported;
}

test('what was reported is not decrypted over while it is held, whatever its size', () => {
  const [one, other] = [new RecordMemory(), new RecordMemory()];
  for (const size of [1, 4095, 4096, RECORD]) {
    const held = ['a', 'b', 'c'].map((byte) => record(one, byte, size, true));
    record(other, 'x', size, false);
    record(one, 'y', size, false);
    assert.deepEqual(
      held.map((chunk) => chunk.toString()),
      ['a', 'b', 'c'].map((byte) => byte.repeat(size)),
    );
  }
});

test('an upload that its server takes at once needs one piece of memory', () => {
  const memory = new RecordMemory();
  record(memory, 'a', RECORD, false);
  const own = memory.next;
  for (let count = 0; count < 3; count += 1) assert.equal(record(memory, 'b', RECORD, false).buffer, own.buffer);
});

test('connections that bring little have no memory of their own, also after an upload', () => {
  const memory = new RecordMemory();
  const shared = memory.next;
  assert.equal(new RecordMemory().next, shared);
  record(memory, 'a', RECORD, true);
  assert.notEqual(memory.next, shared);
  record(memory, 'b', 10, true);
  assert.equal(memory.next, shared);
});
