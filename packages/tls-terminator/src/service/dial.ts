import type { Link, LinkUser } from '@headgate/shared/net/link';
import { dial as dialLink } from '@headgate/shared/net/transport';
import type { Service } from '../model/snapshot.ts';
import type { Candidate } from './candidates.ts';

/**
 * Begins a connection to a server. It is not bulk: its bytes are used before the next read, in memory that all of them
 * share. A failed write ends it: a server that has ended before is still delivered whole (session.ts).
 */
export function dial(
  candidate: Candidate,
  { localAddress, sockets, secured }: Pick<Service, 'localAddress' | 'sockets'> & { readonly secured: boolean },
  user: LinkUser,
): Link {
  const options = {
    bulk: false,
    readFirst: false,
    noDelay: sockets.serverNoDelay,
    keepAlive: sockets.serverKeepAlive,
    keepAliveAfter: sockets.serverKeepIdle,
    source: localAddress,
    secured,
  };
  return 'path' in candidate
    ? dialLink({ kind: 'unix', path: candidate.path }, user, { ...options, source: undefined })
    : dialLink({ kind: 'tcp', host: candidate.host, port: candidate.port }, user, options);
}
