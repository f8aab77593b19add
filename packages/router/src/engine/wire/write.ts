import type { Socket } from 'node:net';

/** Bodies up to this size are copied behind their head, larger ones follow it in the same system call. Bytes. */
const SMALL = 8192;

/** Writes a head (latin1, may be empty) and a piece of body in one system call. False when the socket holds too much already. */
export function writeTogether(socket: Socket, head: string, body: Buffer | undefined): boolean {
  if (body === undefined || body.length === 0) return socket.write(head, 'latin1');
  if (head === '') return socket.write(body);
  if (body.length <= SMALL) return socket.write(head + body.toString('latin1'), 'latin1');
  socket.cork();
  socket.write(head, 'latin1');
  const accepted = socket.write(body);
  socket.uncork();
  return accepted;
}
