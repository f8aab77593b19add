import type { Socket } from 'node:net';
import { failure, giveWrite, takeWrite, wasAsync } from './handle-requests.ts';
import { streams, type Request } from './handle.ts';

/** A write that the system has not taken completely. */
export interface Begun {
  /** What the system said; 0: it takes the rest later. */
  readonly status: number;
  readonly wrap: Request;
}

/**
 * Writes to a socket on which nothing waits, without the stream around it: half a microsecond, which is as much as reading a head.
 * True: the system has taken everything. Undefined: nothing was written. Otherwise the write has begun, and the stream has to
 * account for it. Node.js offers this in a place that its types do not know; where it is missing, nothing is ever written here.
 */
export function writeDirectly(socket: Socket, bytes: Buffer): true | Begun | undefined {
  if (streams === undefined) return undefined;
  if (!socket.writable || socket.writableLength > 0 || socket.connecting) return undefined;
  const { _handle: handle } = socket as unknown as { _handle?: { writeBuffer(wrap: Request, bytes: Buffer): number } };
  if (typeof handle?.writeBuffer !== 'function') return undefined;
  const wrap = takeWrite();
  const status = handle.writeBuffer(wrap, bytes);
  if (status === 0 && !wasAsync()) {
    giveWrite(wrap);
    return true;
  }
  wrap.buffer = bytes;
  return { status, wrap };
}

/** Calls `written` when the write that has begun is over, as a socket of Node's does. */
export function finishWrite({ status, wrap }: Begun, socket: Socket, written: (error?: Error | null) => void): void {
  if (status !== 0) return written(failure('write', status));
  wrap.oncomplete = (after) => written(after < 0 && !socket.destroyed ? failure('write', after) : null);
}
