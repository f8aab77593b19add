import { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { linkOf, type PlainLink } from './plain-link.ts';

/**
 * The connection below one of a TLS server. `tls.Server` reports a TLSSocket and not the socket below it, which that one keeps in a place
 * that its types do not show. The addresses would tell as well, but cost a system call, are alike for all peers of a unix socket, and are
 * gone when the connection was reset.
 */
export function linkBelow(client: TLSSocket): PlainLink | undefined {
  const parent: unknown = Reflect.get(client, '_parent');
  return parent instanceof Socket ? linkOf(parent) : undefined;
}
