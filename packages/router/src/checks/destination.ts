import type { Server } from '../model/snapshot.ts';

/** Where a check connects to, and the version of the PROXY header it sends (0: none). */
export interface Destination {
  readonly address: Server['address'];
  readonly proxy: 0 | 1 | 2;
}

/** The server's own address unless the check has another (`addr`, `port`). A server without `check` is tried as its traffic is sent. */
export function destinationOf({ address, check, sendProxy }: Server): Destination {
  const sends = check === undefined ? sendProxy !== 0 : check.sendProxy;
  const proxy = sends ? (sendProxy === 2 ? 2 : 1) : 0;
  if (check?.path !== undefined) return { address: { kind: 'unix', path: check.path }, proxy };
  if (address.kind === 'tcp') {
    // A check has no client whose destination a server at * could have: as in HAProxy it goes to this machine.
    const host = check?.host ?? (address.host || '0.0.0.0');
    return { address: { kind: 'tcp', host, port: check?.port ?? address.port }, proxy };
  }
  if (check?.host === undefined || check.port === undefined) return { address, proxy };
  return { address: { kind: 'tcp', host: check.host, port: check.port }, proxy };
}
