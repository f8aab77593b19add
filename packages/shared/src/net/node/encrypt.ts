import type { TLSSocket } from 'node:tls';
import { COPY_SIZE, MOST_WAITING, copyTo, giveBack, spareMemory } from './copy.ts';

/** The memory of large pieces that wait to be encrypted. */
const waiting = new WeakMap<object, Buffer>();

/**
 * `copyTo` for a connection over TLS. The runtime encrypts within its write, and then holds the encrypted bytes for a client that
 * does not read; so nothing is copied unless an earlier piece is on its way, and a copy is used again as soon as it was
 * encrypted (`reclaims`). Held until the client takes it, it would double the memory of clients that read nothing.
 */
export function encryptTo(to: TLSSocket, bytes: Buffer, taken: () => void): boolean {
  if (to.writableLength === 0 && to.writableCorked === 0) to.write(bytes, taken);
  else if (bytes.length * 2 < COPY_SIZE || bytes.length > COPY_SIZE) return copyTo(to, bytes, taken);
  else {
    const memory = spareMemory();
    memory.set(bytes);
    const piece = memory.subarray(0, bytes.length);
    waiting.set(piece, memory);
    to.write(piece, taken);
  }
  return to.writableLength <= MOST_WAITING;
}

/** From now on memory of `encryptTo` is given back when it was encrypted. For connections whose handshake is over. */
export function reclaims(socket: TLSSocket): void {
  const write = socket._write.bind(socket);
  const writeAll = socket._writev?.bind(socket);
  socket._write = (piece, encoding, written): void => {
    write(piece, encoding, written);
    reclaim(piece);
  };
  if (writeAll === undefined) return;
  socket._writev = (pieces, written): void => {
    writeAll(pieces, written);
    for (const { chunk } of pieces) reclaim(chunk);
  };
}

function reclaim(piece: unknown): void {
  const memory = typeof piece === 'object' && piece !== null ? waiting.get(piece) : undefined;
  if (memory !== undefined) giveBack(memory);
}
