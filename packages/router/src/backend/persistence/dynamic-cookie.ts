import { addressBytes } from '../../sample/address.ts';
import { xxh64 } from '../../sample/xxh.ts';
import type { Server } from '../../model/snapshot.ts';

/**
 * The cookie that `dynamic` gives a server: a hash of the key and its address, so that several routers agree on it without
 * naming servers to clients (HAProxy: 64-bit xxHash of key, address and port). A server with a host name is known by the name;
 * one on a unix socket has none.
 */
export function dynamicCookie(key: string, address: Server['address']): string | undefined {
  if (address.kind === 'unix') return undefined;
  const host = address.host.toLowerCase() === 'localhost' ? '127.0.0.1' : address.host;
  const bytes = addressBytes(host) ?? Buffer.from(host, 'latin1');
  const port = Buffer.alloc(4);
  port.writeUInt32BE(address.port ?? 0);
  const text = Buffer.concat([Buffer.from(key, 'utf8'), bytes, port]).toString('latin1');
  return xxh64(text, 0n).toString(16).padStart(16, '0');
}
