import type { Endpoint } from '@headgate/shared/net/endpoint';
import type { Destination, Link, LinkUser, SecureCall } from '@headgate/shared/net/link';
import { dialSecure } from '@headgate/shared/net/secure-client';
import { dial as dialLink } from '@headgate/shared/net/transport';
import type { DialOptions } from '@headgate/shared/net/transport';
import type { Evaluation } from '../model/evaluation.ts';
import type { Server } from '../model/snapshot.ts';

/** What one connection to a server is for. */
export interface Route {
  /** Where its client connected to. */
  readonly wanted: Endpoint;
  /** The name it asks a server over TLS for; '' for none. Connections for one name carry no requests for another. */
  readonly name: string;
  /** The PROXY header, where it has to go before TLS: all others send it with their first bytes. */
  readonly greeting: (() => Buffer) | undefined;
}

/** Connects to a server for its traffic. What happens is reported to `user`. */
export function dialServer(server: Server, route: Route, user: LinkUser): Link {
  const { tls } = server;
  const destination = destinationFor(server, route.wanted);
  if (tls === undefined) return dial(destination, server, user);
  return dial(destination, server, user, { ...tls, name: route.name, greeting: route.greeting });
}

/** The same for any destination: of its checks. */
export function dial(destination: Destination, server: Server, user: LinkUser, secure?: SecureCall): Link {
  const options = dialOptionsOf(server);
  return secure === undefined ? dialLink(destination, user, options) : dialSecure(destination, user, options, secure);
}

/** The name that a connection for this request or connection asks a server for. */
export function nameFor({ tls }: Server, on: Evaluation): string {
  return tls?.sni?.(on) ?? '';
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
