import type { Socket } from 'node:net';

/**
 * The FIN is still being sent. Node (24, 26) refuses a reset then, and would never close the
 * socket.
 */
export function isEnding(socket: Socket): boolean {
  return socket.writableEnded && !socket.writableFinished;
}

/**
 * Ends a connection with a reset, so that the other end cannot mistake what it got for the complete message. Where a reset is not
 * possible the connection is simply closed: on a unix socket, while connecting, and while ending.
 */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return;
  if (isEnding(socket) || socket.connecting || socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
}

/**
 * Whether the kernel has dropped this connection: the other end reset it, or it timed out. A socket that is not being read (its
 * peer has ended, or its data cannot be forwarded now) gets no event for that, and would hold its descriptor and the
 * connection it is paired with until an idle timeout. Costs a system call; always false for unix sockets, and for a socket
 * whose FIN has left: once both ends have closed, it has no peer either.
 *
 * A FIN that is still to be sent does not count. In TLS Node (24) loses the callbacks of all writes after one that failed without a
 * caller (the session tickets after a handshake), so that such a socket waits for its own end indefinitely.
 */
export function isGone(socket: Socket): boolean {
  if (socket.writableFinished) return false;
  // `remoteAddress` is cached by the runtime; its handle asks the system, but is not in its types.
  const handle: unknown = Reflect.get(socket, '_handle');
  if (typeof handle !== 'object' || handle === null || socket.connecting) return false;
  const ask: unknown = Reflect.get(handle, 'getpeername');
  return typeof ask === 'function' && Reflect.apply(ask, handle, [{}]) !== 0;
}
