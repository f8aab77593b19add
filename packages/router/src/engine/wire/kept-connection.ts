import type { ServerState } from '../../model/backend.ts';
import type { Backend } from '../../model/snapshot.ts';
import { reach, type Ownership } from '../reuse.ts';
import type { ForwardingClient } from './forwarding-client.ts';
import type { ServerConnection } from './server-connection.ts';

/** A connection that is there already: one of the client's own comes first, for it may be logged in. */
export function keptConnection(
  { host, requestComplete }: ForwardingClient,
  backend: Backend,
  server: ServerState,
  ownership: Ownership,
  name: string,
): ServerConnection | undefined {
  if (ownership === 'single') return undefined;
  const own = host.privateConnections.take(server, name);
  if (own !== undefined || ownership === 'private') return own;
  return host.pool.take(server, reach(backend, !host.served, requestComplete), name);
}

/** Keeps a connection for requests of this client, or of all; `clientEnds`: the client's connection ends with this answer. */
export function keepConnection(
  { host }: ForwardingClient,
  connection: ServerConnection,
  ownership: Ownership,
  said: number,
  clientEnds: boolean,
): void {
  if (connection.link.paused) connection.link.resume();
  if (ownership === 'shared' && !connection.loggedIn) host.pool.keep(connection, said);
  else if (clientEnds) connection.destroy();
  else host.privateConnections.keep(connection, said);
}
