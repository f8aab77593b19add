import { lookup } from 'node:dns';
import { isIPv6 } from 'node:net';
import type { LookupFunction, SocketConnectOpts } from 'node:net';
import type { Destination } from '../link.ts';

const LOOPBACKS = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** `localhost` is loopback by definition (RFC 6761 §6.3), in both families, even if the hosts file lacks one. */
const loopbackLookup: LookupFunction = (_host, options, done) => {
  if (options.all === true) done(null, LOOPBACKS);
  else done(null, '127.0.0.1', 4);
};

/** How the names of servers are looked up. */
export interface NameOptions {
  /** The family whose addresses are tried first, where a name has both. */
  readonly prefer?: 4 | 6 | undefined;
  /** The address of a name that cannot be looked up. */
  readonly fallback?: string | undefined;
}

/** The system's look-up with these preferences; undefined where the usual one will do. */
function lookupWith({ prefer, fallback }: NameOptions): LookupFunction | undefined {
  if (prefer === undefined && fallback === undefined) return undefined;
  const order = prefer === undefined ? 'verbatim' : prefer === 4 ? 'ipv4first' : 'ipv6first';
  return (host, options, done) => {
    lookup(host, { ...options, all: true, order }, (error, addresses) => {
      const found =
        error === null
          ? addresses
          : fallback === undefined
            ? []
            : [{ address: fallback, family: isIPv6(fallback) ? 6 : 4 }];
      const [first] = found;
      if (first === undefined) done(error, '', 0);
      else if (options.all === true) done(null, found);
      else done(null, first.address, first.family);
    });
  };
}

/**
 * How to connect to a server, for traffic and checks. All addresses of a name are tried, IPv4 first
 * for `localhost`: the application may listen on either.
 */
export function dialOptions(address: Destination, names: NameOptions = {}): SocketConnectOpts {
  if (address.kind === 'unix') return { path: address.path };
  const { host, port } = address;
  const options = { host, port, autoSelectFamily: true };
  const own = lookupWith(names) ?? (host.toLowerCase() === 'localhost' ? loopbackLookup : undefined);
  return own === undefined ? options : { ...options, lookup: own };
}
