import type { LookupFunction, SocketConnectOpts } from 'node:net';
import type { Destination } from '../link.ts';
import { systemPath } from './socket-path.ts';

const LOOPBACKS = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** `localhost` is loopback by definition (RFC 6761 §6.3), in both families, even if the hosts file lacks one. */
const loopbackLookup: LookupFunction = (_host, options, done) => {
  if (options.all === true) done(null, LOOPBACKS);
  else done(null, '127.0.0.1', 4);
};

/**
 * How to connect to a server, for traffic and checks. All addresses of a name are tried, IPv4 first
 * for `localhost`: the application may listen on either.
 */
export function dialOptions(address: Destination): SocketConnectOpts {
  if (address.kind === 'unix') return { path: systemPath(address.path) };
  const { host, port } = address;
  const options = { host, port, autoSelectFamily: true };
  return host.toLowerCase() === 'localhost' ? { ...options, lookup: loopbackLookup } : options;
}
