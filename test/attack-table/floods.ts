/** Bytes without end, from a server or a client of an attack. */
import type { Socket } from 'node:net';
import { until } from '../support/until.ts';

/** What a victim may take of a message that nobody reads: buffers of the kernel and its own, in MB. */
const MOST = 32;
/** Looks, 5 ms apart, in which nothing more is taken. */
const QUIET = 40;

/** Sends `first`, then `again` for as long as the other side takes it. */
export function flood(socket: Socket, again: string, first = ''): void {
  socket.on('error', () => {});
  if (first !== '') socket.write(first, 'latin1');
  const bytes = Buffer.from(again, 'latin1');
  const more = (): void => {
    if (!socket.destroyed && socket.writable && socket.write(bytes)) setImmediate(more);
  };
  socket.on('drain', more);
  more();
}

/** Waits until the other side takes no more of a flood, or has ended; the MB when it takes on and on. */
export async function stalled(socket: Socket): Promise<number | undefined> {
  let [before, looks] = [0, 0];
  return until('the flood to stall', () => {
    const taken = socket.bytesWritten - socket.writableLength;
    looks = taken === before ? looks + 1 : 0;
    before = taken;
    if (taken > MOST * 1024 * 1024) return { taken: MOST };
    return looks >= QUIET || socket.destroyed ? { taken: undefined } : false;
  }).then(({ taken }) => taken);
}
