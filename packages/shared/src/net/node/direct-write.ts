import type { Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';

/** Node's own name for one write on its way: what the system did not take at once. */
interface Wrap {
  oncomplete?: (status: number) => void;
  /** Keeps the memory that is being written. */
  buffer?: Buffer;
}

interface Writing {
  readonly WriteWrap: new () => Wrap;
  readonly streamBaseState: Int32Array;
  readonly kLastWriteWasAsync: number;
}

/** A write that the system has not taken completely. */
export interface Begun {
  /** What the system said; 0: it takes the rest later. */
  readonly status: number;
  readonly wrap: Wrap;
}

const writing = findWriting();
/** Serves every write that is over when its call returns; one that is not keeps it. */
let spare: Wrap | undefined = writing === undefined ? undefined : new writing.WriteWrap();

/**
 * Writes to a socket on which nothing waits, without the stream around it: half a microsecond, which is as much as reading a head.
 * True: the system has taken everything. Undefined: nothing was written. Otherwise the write has begun, and the stream has to
 * account for it. Node.js offers this in a place that its types do not know; where it is missing, nothing is ever written here.
 */
export function writeDirectly(socket: Socket, bytes: Buffer): true | Begun | undefined {
  if (writing === undefined || spare === undefined) return undefined;
  if (!socket.writable || socket.writableLength > 0 || socket.connecting) return undefined;
  const { _handle: handle } = socket as unknown as { _handle?: { writeBuffer(wrap: Wrap, bytes: Buffer): number } };
  if (typeof handle?.writeBuffer !== 'function') return undefined;
  const status = handle.writeBuffer(spare, bytes);
  if (status === 0 && writing.streamBaseState[writing.kLastWriteWasAsync] === 0) return true;
  const wrap = spare;
  wrap.buffer = bytes;
  spare = new writing.WriteWrap();
  return { status, wrap };
}

/** Calls `written` when the write that has begun is over, as a socket of Node's does. */
export function finishWrite({ status, wrap }: Begun, socket: Socket, written: (error?: Error | null) => void): void {
  if (status !== 0) return written(writeError(status));
  wrap.oncomplete = (after) => written(after < 0 && !socket.destroyed ? writeError(after) : null);
}

function writeError(status: number): NodeJS.ErrnoException {
  const code = getSystemErrorName(status);
  return Object.assign(new Error(`write ${code}`), { errno: status, code, syscall: 'write' });
}

function findWriting(): Writing | undefined {
  const binding: unknown = Reflect.get(process, 'binding');
  if (typeof binding !== 'function') return undefined;
  const { noDeprecation } = process;
  try {
    // With --pending-deprecation Node would warn of what is decided here (docs/adr/0043).
    process.noDeprecation = true;
    const found: Partial<Writing> = Reflect.apply(binding, process, ['stream_wrap']);
    const { WriteWrap, streamBaseState, kLastWriteWasAsync } = found;
    if (typeof WriteWrap !== 'function' || typeof kLastWriteWasAsync !== 'number') return undefined;
    return streamBaseState instanceof Int32Array ? { WriteWrap, streamBaseState, kLastWriteWasAsync } : undefined;
  } catch {
    return undefined;
  } finally {
    process.noDeprecation = noDeprecation === true;
  }
}
