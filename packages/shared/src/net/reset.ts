import type { Socket } from 'node:net';

/**
 * The end of the writing side is still on its way. Node (24, 26) refuses a reset then, and would never close the
 * socket.
 */
export function isEnding(socket: Socket): boolean {
  return socket.writableEnded && !socket.writableFinished;
}

/**
 * Ends a connection with a reset, so that the other end cannot take what it got for the whole. Where a reset is not
 * possible the connection just ends: on a unix socket, which has none, while connecting, and while it is ending.
 */
export function reset(socket: Socket): void {
  if (socket.destroyed) return;
  if (isEnding(socket) || socket.connecting || socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
}

/**
 * Whether the kernel has given this connection up: the other end has reset it, or it timed out. A socket that is not read (its
 * peer has ended, or what it sends cannot be passed on now) gets no event of that, and would keep its descriptor and the
 * connection behind it until some idle timeout. Costs a system call; false where it cannot be told (unix sockets).
 *
 * Ask only for a socket whose own writing side is still open: one that both ends have closed has no peer any more either.
 */
export function isGone(socket: Socket): boolean {
  // `remoteAddress` is remembered by the runtime; its handle asks the system, but is not in its types.
  const handle: unknown = Reflect.get(socket, '_handle');
  if (typeof handle !== 'object' || handle === null || socket.connecting) return false;
  const ask: unknown = Reflect.get(handle, 'getpeername');
  return typeof ask === 'function' && Reflect.apply(ask, handle, [{}]) !== 0;
}
