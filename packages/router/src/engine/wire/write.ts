import type { Link } from '@headgate/shared/net/link';
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

/** Writes a head (if any) and a piece of body in one system call. False when the link holds too much already. */
export function writeTogether(link: Link, head: HeadWriter | undefined, body: Buffer | undefined): boolean {
  if (head === undefined) return body === undefined || body.length === 0 || link.write(body);
  if (body === undefined) return writeHead(link, head, undefined);
  if (body.length > SMALL) return writeHead(link, head, body);
  head.range(body, 0, body.length);
  return writeHead(link, head, undefined);
}

function writeHead(link: Link, head: HeadWriter, body: Buffer | undefined): boolean {
  // What waits for a slow client waits in as much memory as it needs.
  if (link.waiting > 0) return link.write(Buffer.from(head.written), body);
  const accepted = link.write(head.written, body);
  if (link.waiting > 0) memory = Buffer.allocUnsafeSlow(MEMORY);
  return accepted;
}
