import type { TLSSocket } from 'node:tls';
import type { PeerCertificate, TlsFacts, TlsSecrets } from '../link.ts';
import { groupOf, secretsIn } from './session-group.ts';

/** What was agreed in the handshake of a connection. `requested`: the server name in its ClientHello. */
export function agreedBy(socket: TLSSocket, requested: () => string): TlsFacts {
  const { name, version } = socket.getCipher();
  // The runtime says `false` for no name, against its types.
  const sni: unknown = Reflect.get(socket, 'servername');
  const resumed = socket.isSessionReused();
  let group: string | undefined;
  return {
    version: socket.getProtocol() ?? version,
    cipher: name,
    // It also says so when a session of TLS 1.2 was resumed, whatever name was requested.
    sni: typeof sni === 'string' ? sni : resumed ? requested() : '',
    alpn: socket.alpnProtocol === false ? '' : (socket.alpnProtocol ?? ''),
    resumed,
    get group() {
      return (group ??= keyExchange(socket));
    },
    secrets: () => secretsOf(socket),
  };
}

/** Of a connection to a server: a client that resumes a session finishes first. */
function secretsOf(socket: TLSSocket): TlsSecrets {
  const { id, key } = secretsIn(socket.getSession() ?? undefined);
  const finished = socket.isSessionReused() ? socket.getFinished() : socket.getPeerFinished();
  return { sessionId: id, sessionKey: key, uniqueId: finished ?? undefined };
}

/** The runtime knows the group at a client; at a server it is in the session. */
function keyExchange(socket: TLSSocket): string {
  const known: { readonly name?: string } | null = socket.getEphemeralKeyInfo() as { readonly name?: string } | null;
  return known?.name ?? groupOf(socket.getSession() ?? undefined);
}

/** The certificate that the other end showed, and what OpenSSL says of it. */
export function shownBy(socket: TLSSocket): PeerCertificate {
  // The runtime says `null` for no error, and a text for one, against its types.
  const error: unknown = socket.authorizationError;
  return {
    certificate: socket.getPeerX509Certificate(),
    error: !socket.authorized && typeof error === 'string' ? error : undefined,
  };
}
