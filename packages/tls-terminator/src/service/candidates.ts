import type { ConnectAddress, Service } from '../config/snapshot.ts';

/** One address a connection can be tried to; a name with two addresses gives two. */
export type Candidate =
  | { readonly text: string; readonly host: string; readonly port: number }
  | { readonly text: string; readonly path: string };

/**
 * The addresses of `connect` in the order to try them: `failover = prio` always begins with the first,
 * `rr` with the next one for each connection (`turn` counts connections).
 */
export function candidates({ connects, failover }: Pick<Service, 'connects' | 'failover'>, turn: number): Candidate[] {
  const start = failover === 'rr' ? turn % connects.length : 0;
  return [...connects.slice(start), ...connects.slice(0, start)].flatMap(addressesOf);
}

function addressesOf(connect: ConnectAddress): Candidate[] {
  if (connect.kind === 'unix') return [{ text: connect.path, path: connect.path }];
  return connect.hosts.map((host) => ({ text: `${host.includes(':') ? `[${host}]` : host}:${connect.port}`, host, port: connect.port }));
}
