import type { Endpoint } from '../net/endpoint.ts';
import { addressToBytes } from '../net/ip-bytes.ts';
import { crc32c } from './crc32c.ts';
import type { Tlv } from './header.ts';
import { fixedLength, signature } from './signature.ts';
import { tlvType, writeTlvs } from './tlv.ts';

/** The connection's two endpoints. If absent, or of different families, the header is UNKNOWN (v1) or LOCAL (v2). */
export interface ProxiedEndpoints {
  readonly source: Endpoint | undefined;
  readonly destination: Endpoint | undefined;
}

export interface V2Options {
  readonly tlvs?: readonly Tlv[];
  /** Adds a CRC-32C of the header as the first TLV. */
  readonly crc32c?: boolean;
}

const localV2 = Buffer.concat([signature, Buffer.from([0x20, 0x00, 0, 0])]);

/** The text header (spec §2.1), at most 107 bytes. */
export function encodeV1(endpoints: ProxiedEndpoints): Buffer {
  const pair = addressPair(endpoints);
  if (pair === undefined) return Buffer.from('PROXY UNKNOWN\r\n');
  const { source, destination } = pair;
  const family = source.bytes.length === 4 ? 'TCP4' : 'TCP6';
  return Buffer.from(`PROXY ${family} ${source.address} ${destination.address} ${source.port} ${destination.port}\r\n`);
}

/**
 * The binary header (spec §2.2). Without a pair of addresses it is LOCAL and carries no TLV: receivers must
 * skip them then, and HAProxy refuses any other encoding.
 */
export function encodeV2(endpoints: ProxiedEndpoints, options: V2Options = {}): Buffer {
  const pair = addressPair(endpoints);
  if (pair === undefined) return localV2;
  const { source, destination } = pair;
  const checksum: Tlv[] = options.crc32c === true ? [{ type: tlvType.crc32c, value: Buffer.alloc(4) }] : [];
  const ports = Buffer.allocUnsafe(4);
  ports.writeUInt16BE(source.port, 0);
  ports.writeUInt16BE(destination.port, 2);
  const body = Buffer.concat([
    source.bytes,
    destination.bytes,
    ports,
    writeTlvs([...checksum, ...(options.tlvs ?? [])]),
  ]);
  const fixed = Buffer.from([0x21, source.bytes.length === 4 ? 0x11 : 0x21, 0, 0]);
  fixed.writeUInt16BE(body.length, 2);
  const header = Buffer.concat([signature, fixed, body]);
  if (options.crc32c === true) {
    const sumOffset = fixedLength + 2 * source.bytes.length + ports.length + 3;
    header.writeUInt32BE(crc32c(header), sumOffset);
  }
  return header;
}

type WithBytes = Endpoint & { readonly bytes: Buffer };

function addressPair({
  source,
  destination,
}: ProxiedEndpoints): { source: WithBytes; destination: WithBytes } | undefined {
  if (source === undefined || destination === undefined) return undefined;
  const from = addressToBytes(source.address);
  const to = addressToBytes(destination.address);
  if (from === undefined || to?.length !== from.length) return undefined;
  return { source: { ...source, bytes: from }, destination: { ...destination, bytes: to } };
}
