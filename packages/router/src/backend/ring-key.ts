import { isIP } from 'node:net';
import { addressToBytes } from '@headgate/shared/net/ip-bytes';
import type { Server } from '../model/snapshot.ts';
import { avalanche } from '../sample/hash.ts';
import { xxh32 } from '../sample/xxh.ts';

/** What `hash-key` makes of the address of a server, as HAProxy does on little-endian machines; undefined: its number counts. */
export function ringKeyOf({ hashKey = 'id', address }: Server): number | undefined {
  if (hashKey === 'id' || address.kind !== 'tcp' || isIP(address.host) === 0) return undefined;
  const bytes = addressToBytes(address.host);
  if (bytes === undefined) return undefined;
  const start = hashKey === 'addr-port' ? avalanche(address.port) : 0;
  return bytes.length === 4 ? avalanche(start + bytes.readUInt32LE(0)) : xxh32(bytes.toString('latin1'), start);
}
