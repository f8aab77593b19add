import { addressToBytes } from '@headgate/shared/net/ip-bytes';
import type { HashAlgorithm } from './algorithm.ts';

/** `balance source`: one client address, one server, as long as the set of servers stays the same. */
export const source: HashAlgorithm = {
  free: false,
  syntax: { form: 'source' },
  key: () => (facts) => addressKey(facts.connection.client.address),
};

/**
 * IPv4: the address as one 32-bit number. IPv6: its four 32-bit words XORed.
 * Anything else (a unix socket has no address) is 0: such clients share a server.
 */
export function addressKey(address: string): number {
  const zone = address.indexOf('%');
  const bytes = addressToBytes(zone < 0 ? address : address.slice(0, zone));
  let key = 0;
  for (let at = 0; at < (bytes?.length ?? 0); at += 4) key ^= bytes?.readInt32BE(at) ?? 0;
  return key >>> 0;
}
