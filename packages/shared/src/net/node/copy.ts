import type { Writable } from 'node:stream';

/** Bytes that may wait for a slow client before its server is no longer read: less would stop and start it for each full read. */
export const MOST_WAITING = 64 * 1024;

/** From here on it pays to look after the memory of a piece. */
export const LARGE = 4096;

/** What one read of a dialled link that is not bulk brings at most: three TLS records (dial.ts). */
export const COPY_SIZE = 48 * 1024;

/** Memory of large pieces that have been written, for the next ones: a download allocates nothing, and keeps no collector busy. */
const spare: Buffer[] = [];

/** How many are kept at most. */
const MOST_SPARE = 16;

/**
 * Writes `bytes`, whose memory is used again at once: they are copied. `taken` is called when they have left. Returns false when
 * no more should come before everything has.
 */
export function copyTo(to: Writable, bytes: Buffer, taken: () => void): boolean {
  // A small piece in large memory would let a client that reads slowly hold many times what it was sent.
  if (bytes.length * 2 < COPY_SIZE || bytes.length > COPY_SIZE) to.write(Buffer.from(bytes), taken);
  else copyLarge(to, bytes, taken);
  return to.writableLength <= MOST_WAITING;
}

function copyLarge(to: Writable, bytes: Buffer, taken: () => void): void {
  const memory = spareMemory();
  memory.set(bytes);
  to.write(memory.subarray(0, bytes.length), (error) => {
    // After a failure the system may still have it.
    if (error == null) giveBack(memory);
    taken();
  });
}

/** `COPY_SIZE` bytes of memory. */
export function spareMemory(): Buffer {
  return spare.pop() ?? Buffer.allocUnsafeSlow(COPY_SIZE);
}

/** Takes back memory of `spareMemory`. */
export function giveBack(memory: Buffer): void {
  if (spare.length < MOST_SPARE) spare.push(memory);
}

/**
 * Writes `chunk`, which nobody but the caller has, and the caller no more. A large one gives its memory back as soon as
 * it is written: left to the collector, the memory of an upload would make it collect all the time (a third of the cost).
 * Returns false when no more should come before the `drain` of `to`.
 */
export function giveTo(to: Pick<Writable, 'write'>, chunk: Buffer): boolean {
  if (chunk.length < LARGE) return to.write(chunk);
  return to.write(chunk, (error) => {
    const { buffer } = chunk;
    // A part of something larger is not the only one there.
    if (error == null && buffer instanceof ArrayBuffer && buffer.byteLength === chunk.length) buffer.transfer(0);
  });
}
