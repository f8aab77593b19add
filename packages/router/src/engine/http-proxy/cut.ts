import { resetSocket } from '@headgate/shared/net/node/reset';
import type { Socket } from 'node:net';

/** Ends a connection at once: by a reset, when the other end would take what it got for the whole. Not while it is ending. */
export function cut(socket: Socket): void {
  if (socket.writableLength > 0) resetSocket(socket);
  else socket.destroy();
}
