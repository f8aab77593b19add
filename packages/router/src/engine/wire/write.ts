import type { Socket } from 'node:net';
import { HeadWriter } from '../../http/head-writer.ts';

/** Bodies up to this size are copied after their head, larger ones follow it in the same system call. Bytes. */
const SMALL = 16_384;
const MEMORY = 32_768;

/**
 * Heads and small bodies of all connections are put together in this memory: one write, and no object for each piece.
 * What the kernel does not take at once stays in the memory, which then belongs to that write, and is replaced.
 */
let memory = Buffer.allocUnsafeSlow(MEMORY);
const writer = new HeadWriter(memory);

/** Begins a head of at most `room` bytes. It has to be sent, or given up, before the next one is begun. */
export function beginHead(room: number): HeadWriter {
  return writer.restart(room + SMALL > MEMORY ? Buffer.allocUnsafeSlow(room + SMALL) : memory);
}

/** Writes a head (if any) and a piece of body in one system call. False when the socket holds too much already. */
export function writeTogether(socket: Socket, head: HeadWriter | undefined, body: Buffer | undefined): boolean {
  if (head === undefined) return body === undefined || body.length === 0 || socket.write(body);
  if (body === undefined || body.length <= SMALL) {
    if (body !== undefined) head.range(body, 0, body.length);
    return writeHead(socket, head);
  }
  socket.cork();
  writeHead(socket, head);
  const accepted = socket.write(body);
  socket.uncork();
  return accepted;
}

function writeHead(socket: Socket, head: HeadWriter): boolean {
  // What waits for a slow client waits in as much memory as it needs.
  if (socket.writableLength > 0 || socket.writableCorked > 0) return socket.write(Buffer.from(head.written));
  const accepted = socket.write(head.written);
  if (socket.writableLength > 0) memory = Buffer.allocUnsafeSlow(MEMORY);
  return accepted;
}
