import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import test from 'node:test';
import { copyTo, giveTo } from './copy.ts';

const ignore = (): void => {};

/** Takes one piece after the other, when it is told to, and looks at it only then. */
class Slow extends Writable {
  readonly taken: string[] = [];
  #take: (() => void) | undefined;

  override _write(piece: Buffer, _encoding: string, done: () => void): void {
    this.#take = () => {
      this.taken.push(`${piece.length} ${piece.toString('latin1', 0, 1)}`);
      done();
    };
  }

  async takeAll(): Promise<void> {
    while (this.writableLength > 0) {
      this.#take?.();
      await new Promise(setImmediate);
    }
  }
}

for (const length of [10, 32 * 1024, 48 * 1024, 64 * 1024]) {
  test(`${length} bytes that wait are not touched by what is read after them into the same memory`, async () => {
    const bytes = Buffer.alloc(64 * 1024);
    const slow = new Slow();
    const expected: string[] = [];
    for (let round = 0; round < 3; round++) {
      for (const letter of ['a', 'b', 'c', 'd']) {
        copyTo(slow, bytes.fill(letter).subarray(0, length), ignore);
        expected.push(`${length} ${letter}`);
      }
      await slow.takeAll();
    }
    assert.deepEqual(slow.taken, expected);
  });
}

test('reading goes on while at most 64 KiB wait', () => {
  const slow = new Slow();
  const bytes = Buffer.alloc(64 * 1024);
  assert.deepEqual([copyTo(slow, bytes, ignore), copyTo(slow, bytes.subarray(0, 1), ignore)], [true, false]);
});

test('the memory of a large chunk is given back once it is written, and that of a part of something larger is not', async () => {
  const slow = new Slow();
  const whole = Buffer.from(new ArrayBuffer(8192)).fill('w');
  const rest = Buffer.from(new ArrayBuffer(8192)).fill('r');
  giveTo(slow, whole);
  giveTo(slow, rest.subarray(0, 5000));
  assert.equal(whole.length, 8192);
  await slow.takeAll();
  assert.deepEqual(slow.taken, ['8192 w', '5000 r']);
  assert.deepEqual([whole.length, rest.length], [0, 8192]);
});
