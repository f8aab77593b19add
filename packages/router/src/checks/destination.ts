import type { Server } from '../model/snapshot.ts';

/** Where a check connects to, and the version of the PROXY header it sends (0: none). */
export interface Destination {
  readonly address: Server['address'];
  readonly proxy: 0 | 1 | 2;
}

/**
 * The server's own address unless the check has another (`addr`, `port`). A check to another address sends no
 * PROXY header just because the server has `send-proxy`: that requires `check-send-proxy`.
 */
export function destinationOf({ address, check, sendProxy }: Server): Destination {
  const elsewhere = check?.port !== undefined || check?.host !== undefined || check?.path !== undefined;
  const inherited = elsewhere ? 0 : sendProxy;
  const proxy = check?.sendProxy === true && inherited === 0 ? (sendProxy === 2 ? 2 : 1) : inherited;
  if (check?.path !== undefined) return { address: { kind: 'unix', path: check.path }, proxy };
  if (address.kind === 'tcp') {
    // A check has no client whose destination a server at * could have: as in HAProxy it goes to this machine.
    const host = check?.host ?? (address.host || '0.0.0.0');
    return { address: { kind: 'tcp', host, port: check?.port ?? address.port }, proxy };
  }
  if (check?.host === undefined || check.port === undefined) return { address, proxy };
  return { address: { kind: 'tcp', host: check.host, port: check.port }, proxy };
}
