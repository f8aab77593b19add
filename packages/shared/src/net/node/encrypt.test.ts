import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import test from 'node:test';
import type { TLSSocket } from 'node:tls';
import { COPY_SIZE } from './copy.ts';
import { encryptTo, reclaims } from './encrypt.ts';

const ignore = (): void => {};

/** Looks at each piece within its write, as TLS does, and takes the next one when it is told to. */
class Slow extends Writable {
  readonly seen: string[] = [];
  readonly pieces: Buffer[] = [];
  #take: (() => void) | undefined;

  override _write(piece: Buffer, _encoding: string, done: () => void): void {
    this.pieces.push(piece);
    this.seen.push(`${piece.length} ${piece.toString('latin1', 0, 1)}`);
    this.#take = done;
  }

  async take(): Promise<void> {
    this.#take?.();
    await new Promise(setImmediate);
  }
}

function slow(): { to: TLSSocket; stream: Slow } {
  const stream = new Slow();
  const to = stream as unknown as TLSSocket;
  reclaims(to);
  return { to, stream };
}

for (const length of [10, 16 * 1024, COPY_SIZE]) {
  test(`${length} bytes arrive as they were, though others are read into the same memory meanwhile`, async () => {
    const { to, stream } = slow();
    const bytes = Buffer.alloc(COPY_SIZE);
    const expected: string[] = [];
    for (const letter of ['a', 'b', 'c', 'd', 'e']) {
      encryptTo(to, bytes.fill(letter).subarray(0, length), ignore);
      expected.push(`${length} ${letter}`);
      if (letter === 'c') await stream.take();
    }
    while (to.writableLength > 0) await stream.take();
    assert.deepEqual(stream.seen, expected);
  });
}

test('a piece is not copied when nothing waits', () => {
  const { to, stream } = slow();
  const bytes = Buffer.alloc(COPY_SIZE);
  encryptTo(to, bytes, ignore);
  assert.equal(stream.pieces[0]?.buffer, bytes.buffer);
});

test('the copy of a piece that had to wait is used again while its client takes nothing', async () => {
  const clients = [slow(), slow(), slow()];
  const bytes = Buffer.alloc(COPY_SIZE);
  for (const { to, stream } of clients) {
    encryptTo(to, bytes, ignore);
    encryptTo(to, bytes, ignore);
    await stream.take();
  }
  const copies = new Set(clients.map(({ stream }) => stream.pieces[1]?.buffer));
  assert.equal(copies.size, 1);
  assert.ok(clients.every(({ to }) => to.writableLength === COPY_SIZE));
});
