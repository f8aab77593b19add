import type { HashAlgorithm } from './algorithm.ts';

const DOT = 0x2e;
const COLON = 0x3a;

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
  return address.includes(':') ? ipv6Key(address) : ipv4Key(address, 0);
}

function ipv4Key(address: string, start: number): number {
  let key = 0;
  let part = 0;
  for (let i = start; i < address.length; i++) {
    const code = address.charCodeAt(i);
    if (code === DOT) {
      key = (key << 8) | part;
      part = 0;
    } else {
      part = part * 10 + code - 0x30;
    }
  }
  return ((key << 8) | part) >>> 0;
}

/** Reads groups from left to right; `::` skips to where the groups after it belong. */
function ipv6Key(address: string): number {
  const end = address.includes('%') ? address.indexOf('%') : address.length;
  let key = 0;
  let group = 0;
  let value = 0;
  for (let i = 0; i <= end; i++) {
    const code = i === end ? COLON : address.charCodeAt(i);
    if (code === DOT) return (key ^ ipv4Key(address, address.lastIndexOf(':') + 1)) >>> 0;
    if (code !== COLON) {
      value = (value << 4) | hexDigit(code);
      continue;
    }
    key ^= group % 2 === 0 ? value << 16 : value;
    value = 0;
    group++;
    if (i < end && address.charCodeAt(i + 1) === COLON) group = 8 - groupsAfter(address, i + 2, end) - 1;
  }
  return key >>> 0;
}

function groupsAfter(address: string, start: number, end: number): number {
  if (start >= end) return 0;
  let groups = address.includes('.', start) ? 2 : 1;
  for (let i = start; i < end; i++) if (address.charCodeAt(i) === COLON) groups++;
  return groups;
}

function hexDigit(code: number): number {
  return code <= 0x39 ? code - 0x30 : (code | 0x20) - 0x57;
}
