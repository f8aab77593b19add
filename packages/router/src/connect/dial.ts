import type { Endpoint } from '@headgate/shared/net/endpoint';
import type { Destination, Link, LinkUser } from '@headgate/shared/net/link';
import { dial as dialLink } from '@headgate/shared/net/transport';
import type { DialOptions } from '@headgate/shared/net/transport';
import type { Server } from '../model/snapshot.ts';

/** Connects to a server, for its traffic and its checks alike; what happens is reported to `user`. */
export function dial(destination: Destination, server: Server, user: LinkUser): Link {
  return dialLink(destination, user, dialOptionsOf(server));
}

/** How connections to this server are made. */
export function dialOptionsOf({ source, keepAlive }: Server): DialOptions {
  const probes = keepAlive === undefined ? {} : { keepAlive: true, keepAliveAfter: keepAlive.after };
  return source === undefined ? probes : { ...probes, source };
}

/** Where a server is for a client that connected to `wanted`: an address without a port, or without a host, takes that one's. */
export function destinationFor({ address, relative }: Server, wanted: Endpoint): Destination {
  if (relative === undefined || address.kind === 'unix') return address;
  const port = relative.port ? wanted.port + address.port : address.port;
  return {
    kind: 'tcp',
    host: relative.host ? wanted.address : address.host,
    // One out of range is refused by the system like any port where nothing listens.
    port: port >= 0 && port <= 65_535 ? port : 0,
  };
}
