import type { Endpoint } from '../net/endpoint.ts';
import { addressFromBytes } from '../net/ip-bytes.ts';
import { crc32c } from './crc32c.ts';
import { NO_HEADER } from './header.ts';
import type { Decoded, ProxyHeader, Tlv } from './header.ts';
import { addressLength, fixedLength, signature } from './signature.ts';
import { readTlvs, tlvType } from './tlv.ts';

/** The longest header accepted: one with a large client certificate (tlv.ts) is below this, a flood is not. */
export const maxHeaderLength = 16 * 1024;

const stream = 0x1;
const families: Readonly<Record<number, keyof typeof addressLength>> = { 1: 'inet', 2: 'inet6', 3: 'unix' };

/** The specification's limit of a unique id, and that of a host name: HAProxy refuses longer ones too. */
const longest: Readonly<Record<number, number>> = { [tlvType.uniqueId]: 128, [tlvType.authority]: 255 };

/** Version 2: binary (spec §2.2). */
export function decodeV2(bytes: Buffer): Decoded {
  const known = Math.min(bytes.length, signature.length);
  if (signature.compare(bytes, 0, known, 0, known) !== 0) return invalid(NO_HEADER);
  if (bytes.length < fixedLength) return { kind: 'need-more' };
  const length = fixedLength + bytes.readUInt16BE(14);
  if (length > maxHeaderLength) return invalid(`a header of ${length} bytes, more than ${maxHeaderLength}`);
  const version = bytes.readUInt8(12);
  if (version >> 4 !== 2) return invalid(`version ${version >> 4} is not known`);
  if (bytes.length < length) return { kind: 'need-more' };
  const command = version & 0xf;
  if (command === 0)
    return accepted(length, { version: 2, command: 'LOCAL', source: undefined, destination: undefined, tlvs: [] });
  if (command !== 1) return invalid(`command ${command} is not known`);
  return decodeProxied(bytes.subarray(0, length), length);
}

function decodeProxied(bytes: Buffer, length: number): Decoded {
  const kind = bytes.readUInt8(13);
  const unspecified = kind === 0;
  const family = families[kind >> 4];
  if (!unspecified && (family === undefined || (kind & 0xf) !== stream)) {
    return invalid(`family and transport 0x${kind.toString(16).padStart(2, '0')} cannot be a stream`);
  }
  const addresses = bytes.subarray(fixedLength, fixedLength + (family === undefined ? 0 : addressLength[family]));
  if (family !== undefined && addresses.length < addressLength[family]) return invalid('too short for its addresses');
  const tlvs = readTlvs(bytes.subarray(fixedLength + addresses.length));
  if (tlvs === undefined) return invalid('a TLV runs over the end of the header');
  const long = tlvs.find(({ type, value }) => value.length > (longest[type] ?? Infinity));
  if (long !== undefined) return invalid(`a TLV of type ${long.type} with ${long.value.length} bytes`);
  const checksum = checksumProblem(bytes, tlvs);
  if (checksum !== undefined) return invalid(checksum);
  return accepted(length, { version: 2, command: 'PROXY', ...endpoints(family, addresses), tlvs });
}

function endpoints(
  family: keyof typeof addressLength | undefined,
  bytes: Buffer,
): Pick<ProxyHeader, 'source' | 'destination'> {
  if (family === undefined || family === 'unix') return { source: undefined, destination: undefined };
  const size = family === 'inet' ? 4 : 16;
  const at = (index: 0 | 1): Endpoint => ({
    address: addressFromBytes(bytes.subarray(index * size, (index + 1) * size)),
    port: bytes.readUInt16BE(2 * size + 2 * index),
  });
  return { source: at(0), destination: at(1) };
}

/** A checksum, once present, must be right (spec §2.2.3); two of them would be open to interpretation. */
function checksumProblem(bytes: Buffer, tlvs: readonly Tlv[]): string | undefined {
  const [sum, ...more] = tlvs.filter((tlv) => tlv.type === tlvType.crc32c);
  if (sum === undefined) return undefined;
  if (more.length > 0) return 'more than one checksum';
  if (sum.value.length !== 4) return 'a checksum that is not four bytes long';
  const zeroed = Buffer.from(bytes);
  zeroed.fill(0, sum.value.byteOffset - bytes.byteOffset, sum.value.byteOffset - bytes.byteOffset + 4);
  return crc32c(zeroed) === sum.value.readUInt32BE(0) ? undefined : 'the checksum is wrong';
}

function accepted(length: number, header: ProxyHeader): Decoded {
  return { kind: 'header', header, length };
}

function invalid(reason: string): Decoded {
  return { kind: 'invalid', reason };
}
