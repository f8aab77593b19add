import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from './random.ts';

/** The statuses a client received, in order, and the heads servers received. */
export interface Told {
  readonly statuses: readonly string[];
  readonly heads: readonly string[];
}

/** Where to split the bytes: up to four places, each piece in its own read. */
export function cuts(random: Random, length: number): readonly number[] {
  return Array.from({ length: 1 + random.below(4) }, () => random.below(length + 1)).sort((one, other) => one - other);
}

/**
 * Sends the bytes in pieces, half-closes, and returns the statuses received. A 400 is omitted: a client that half-closes after a
 * broken body is either refused or dropped, depending on timing.
 */
export async function statusesFor(port: number, bytes: Buffer, at: readonly number[]): Promise<readonly string[]> {
  let text = '';
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  const ended = new Promise<void>((resolve) => socket.once('end', resolve).once('close', resolve));
  let from = 0;
  for (const to of [...at, bytes.length]) {
    if (to === from) continue;
    socket.write(bytes.subarray(from, to));
    from = to;
    if (at.length > 0) await pause(3);
  }
  socket.end();
  await ended;
  socket.destroy();
  return (text.match(/HTTP\/1\.1 \d{3}/g) ?? []).filter((status) => !status.endsWith('400'));
}
