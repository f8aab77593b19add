import type { ConnectAddress, Service } from '../model/snapshot.ts';

/** One address a connection can be tried to; a name with two addresses gives two. */
export type Candidate =
  | { readonly text: string; readonly host: string; readonly port: number }
  | { readonly text: string; readonly path: string };

/**
 * The addresses of `connect` in the orders to try them, one connection after the other and round again:
 * `failover = prio` always begins with the first, `rr` with the next one for each connection.
 */
export function candidateOrders({
  connects,
  failover,
}: Pick<Service, 'connects' | 'failover'>): readonly (readonly Candidate[])[] {
  const starts = failover === 'rr' ? [...connects.keys()] : [0];
  return starts.map((start) => [...connects.slice(start), ...connects.slice(0, start)].flatMap(addressesOf));
}

/** The addresses of one `connect`. */
export function addressesOf(connect: ConnectAddress): Candidate[] {
  if (connect.kind === 'unix') return [{ text: connect.path, path: connect.path }];
  return connect.hosts.map((host) => ({
    text: `${host.includes(':') ? `[${host}]` : host}:${connect.port}`,
    host,
    port: connect.port,
  }));
}
