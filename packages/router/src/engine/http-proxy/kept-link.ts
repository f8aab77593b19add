import type { ServerState } from '../../model/backend.ts';
import type { Backend } from '../../model/snapshot.ts';
import { idempotent } from '../../http/methods.ts';
import type { IdleConnections } from '../idle-connections.ts';
import { reach, type Ownership } from '../reuse.ts';
import type { AttemptClient } from './attempt-client.ts';
import type { ServerLink } from './server-link.ts';

/** A connection that is there already: one of the client's own comes first, for it may be logged in. */
export function keptLink(
  idle: IdleConnections<ServerLink>,
  { privateConnections, firstRequest, head }: AttemptClient,
  backend: Backend,
  server: ServerState,
  ownership: Ownership,
  name: string,
): ServerLink | undefined {
  if (ownership === 'single') return undefined;
  const own = privateConnections.take(server, name);
  if (own !== undefined || ownership === 'private') return own;
  // A kept connection may be closed under a request; only one that can be sent again is put on it.
  if (head.framing !== 'none' || head.mayTunnel || !idempotent.has(head.method)) return undefined;
  return idle.take(server, reach(backend, firstRequest, true), name);
}
