import type { Socket } from 'node:net';
import { createServer, type SecureContext, type Server, type TlsOptions, type TLSSocket } from 'node:tls';
import type { Link, LinkError, TlsServer, TlsServerHelp, TlsServerUser } from '../link.ts';
import { linkBelow } from './below.ts';
import { PlainLink, socketOf } from './plain-link.ts';
import { shownBy } from './agreed.ts';
import { NodeSecureLink } from './secure-link.ts';
import { acceptOlderTickets } from './ticket-keys.ts';

/** Does handshakes with Node's TLS. Throws when OpenSSL does not take the certificate or the options. */
export function createTlsServer(options: TlsOptions, user: TlsServerUser, help: TlsServerHelp = {}): TlsServer {
  return new NodeTlsServer(options, user, help);
}

class NodeTlsServer implements TlsServer {
  readonly #server: Server;
  readonly #user: TlsServerUser;
  readonly #nameIn: TlsServerHelp['nameIn'];

  constructor(options: TlsOptions, user: TlsServerUser, { staple, nameIn, ticketKeys = [] }: TlsServerHelp) {
    this.#user = user;
    this.#nameIn = nameIn;
    // Without `ca` each handshake would look among all public authorities for who signed our certificate.
    this.#server = createServer({ ca: [], ...options });
    if (ticketKeys.length > 1) acceptOlderTickets(contextOf(this.#server), ticketKeys);
    this.#server.on('secureConnection', (client) => this.#secured(client));
    // A listener costs every handshake of a client that asks a call, so there is none without need.
    if (staple !== undefined)
      this.#server.on('OCSPRequest', (certificate, _issuer, answer) => answer(null, staple(certificate) ?? null));
    this.#server.on('tlsClientError', (error, client) => this.#refused(error, client));
  }

  secure(link: Link, early?: Buffer): void {
    if (!(link instanceof PlainLink)) throw new TypeError('TLS needs a socket of its own');
    if (early !== undefined) putBack(socketOf(link), early);
    link.first = early;
    this.#server.emit('connection', link.socket);
  }

  renewTickets(key: Buffer): void {
    this.#server.setTicketKeys(key);
  }

  #secured(client: TLSSocket): void {
    const below = linkBelow(client);
    // Not earlier: a client that ends in the middle of its handshake must not keep its socket until the deadline.
    client.allowHalfOpen = true;
    const requested = (): string => (below?.first === undefined ? '' : (this.#nameIn?.(below.first) ?? ''));
    this.#user.secured(new NodeSecureLink(client, below, requested), below);
    // Whoever wants to know what was agreed has asked.
    if (below !== undefined) below.first = undefined;
  }

  /** OpenSSL has sent its alert. A handshake that takes too long is only reported: its socket is closed here, or slow clients would hold theirs indefinitely. */
  #refused(error: LinkError, client: TLSSocket): void {
    const below = linkBelow(client);
    const { authorizationError } = client as { readonly authorizationError?: unknown };
    const shown = typeof authorizationError === 'string' ? shownBy(client) : undefined;
    this.#user.refused(error, below, below?.socket.bytesWritten === 0, shown);
    if (error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT') client.destroy();
  }
}

/** What a server's connections share. Node.js has no public name for it. */
function contextOf(server: Server): SecureContext {
  return (server as unknown as { readonly _sharedCreds: SecureContext })._sharedCreds;
}

/** What was read of a connection is read from it once more. */
function putBack(socket: Socket, bytes: Buffer): void {
  socket.pause();
  if (bytes.length > 0) socket.unshift(bytes);
}
