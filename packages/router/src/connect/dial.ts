import type { Link, LinkUser } from '@headgate/shared/net/link';
import { dial as dialLink } from '@headgate/shared/net/transport';
import type { Server } from '../model/snapshot.ts';

/** Connects to a server, for its traffic and its checks alike; what happens is reported to `user`. */
export function dial(address: Server['address'], user: LinkUser): Link {
  return dialLink(address, user);
}
