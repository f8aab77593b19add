import type { ConnectionOptions } from 'node:tls';
import type { Link, LinkError, TlsClientUser } from '../link.ts';
import { hearLastWords } from './last-words.ts';
import { nodeTls } from './lazy-tls.ts';
import { PlainLink, socketOf } from './plain-link.ts';
import { NodeSecureLink } from './secure-link.ts';

/**
 * Begins a handshake with the server at the other end of an open link, which belongs to TLS from then on. Nothing is judged: the user
 * looks at the certificate of the server before it sends a byte.
 */
export function secureToServer(below: Link, options: ConnectionOptions, user: TlsClientUser): void {
  if (!(below instanceof PlainLink)) throw new TypeError('TLS needs a socket of its own');
  const socket = nodeTls().connect({
    ...options,
    socket: socketOf(below),
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  let failure: LinkError | undefined;
  const failed = (error: LinkError): void => void (failure ??= error);
  const closed = (): void =>
    user.failed(failure ?? Object.assign(new Error('the server closed the connection'), { code: 'ECONNRESET' }));
  socket.on('error', failed);
  socket.on('close', closed);
  socket.on('session', (ticket) => user.session(ticket));
  socket.once('secureConnect', () => {
    socket.off('error', failed);
    socket.off('close', closed);
    hearLastWords(socket);
    user.secured(new NodeSecureLink(socket, below));
  });
}
