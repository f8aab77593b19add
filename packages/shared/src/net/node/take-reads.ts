import type { Socket } from 'node:net';
import type { LinkUser } from '../link.ts';
import { RecordMemory } from './record-memory.ts';

/** What the runtime's handle of a connection has and its types do not show. */
interface ReadingHandle {
  onread: (this: unknown, ...values: unknown[]) => unknown;
  readonly bytesRead: number;
  readonly useUserBuffer: (memory: Buffer) => unknown;
}

/**
 * Takes over what a connection over TLS reads from now on, before it becomes 'data' of its stream: into memory that is used
 * again, where the runtime would allocate some for each record. The runtime offers this (`onread`) without TLS only. The end
 * of the connection, and its failures, are still reported by the socket. Does nothing where the runtime lacks what it needs.
 */
export function takeReads(socket: Socket, data: LinkUser['data']): void {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (!isReading(handle)) return;
  const memory = new RecordMemory();
  const usual = handle.onread;
  let seen = handle.bytesRead;
  handle.onread = function (...values) {
    const size = handle.bytesRead - seen;
    // The end, or a failure.
    if (size <= 0) return Reflect.apply(usual, this, values);
    seen += size;
    const read = memory.next;
    if (!socket.destroyed) memory.lend(size, data);
    return memory.next === read ? undefined : memory.next;
  };
  handle.useUserBuffer(memory.next);
}

function isReading(handle: unknown): handle is ReadingHandle {
  if (typeof handle !== 'object' || handle === null) return false;
  const able = ['onread', 'useUserBuffer'].every((name) => typeof Reflect.get(handle, name) === 'function');
  return able && typeof Reflect.get(handle, 'bytesRead') === 'number';
}
