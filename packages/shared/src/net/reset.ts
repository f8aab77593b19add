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
