import type { Socket } from 'node:net';

/**
 * Ends a connection with a reset, so that the other end cannot take what it got for the whole. Where a reset is not
 * possible the connection just ends: a unix socket has none, and Node (24, 26) never closes a socket that is reset
 * while the end of its writing side is still on its way.
 */
export function reset(socket: Socket): void {
  const ending = socket.writableEnded && !socket.writableFinished;
  if (ending || socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
}
