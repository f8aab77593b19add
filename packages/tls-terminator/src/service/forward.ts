import type { Writable } from 'node:stream';

/** Bytes that may wait for a slow client before its server is no longer read: less would stop and start it for each full read. */
const mostWaiting = 64 * 1024;

/** From here on it pays to look after the memory of a piece. */
const large = 4096;

/** Memory of large pieces that have been written, for the next ones: a download allocates nothing, and keeps no collector busy. */
const spare: Buffer[] = [];

/** How many are kept at most. */
const mostSpare = 16;

/**
 * Writes the first `length` bytes of `bytes`, which the caller uses again at once: they are copied. `taken` is called when they
 * have left. Returns false when no more should come before everything has.
 */
export function forwardCopy(to: Writable, bytes: Uint8Array, length: number, taken: () => void): boolean {
  // A small piece in large memory would let a client that reads slowly hold many times what it was sent.
  if (length * 2 < bytes.length) to.write(Buffer.from(bytes.subarray(0, length)), taken);
  else copyLarge(to, bytes, length, taken);
  return to.writableLength <= mostWaiting;
}

function copyLarge(to: Writable, bytes: Uint8Array, length: number, taken: () => void): void {
  const kept = spare.pop();
  const memory = kept?.length === bytes.length ? kept : Buffer.allocUnsafeSlow(bytes.length);
  memory.set(bytes.subarray(0, length));
  to.write(memory.subarray(0, length), (error) => {
    // After a failure the system may still have it.
    if (error == null && spare.length < mostSpare) spare.push(memory);
    taken();
  });
}

/**
 * Writes `chunk`, which nobody but the caller has, and the caller no more. A large one gives its memory back as soon as
 * it is written: left to the collector, the memory of an upload would make it collect all the time (a third of the cost).
 * Returns false when no more should come before the `drain` of `to`.
 */
export function forwardOwn(to: Pick<Writable, 'write'>, chunk: Buffer): boolean {
  if (chunk.length < large) return to.write(chunk);
  return to.write(chunk, (error) => {
    const { buffer } = chunk;
    // A part of something larger is not the only one there.
    if (error == null && buffer instanceof ArrayBuffer && buffer.byteLength === chunk.length) buffer.transfer(0);
  });
}
