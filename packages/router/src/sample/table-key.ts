import type { SampleType, Value } from '../model/values.ts';
import type { TableSpec } from '../tables/stick-table.ts';
import { addressBytes, addressText } from './address.ts';
import { castOf } from './cast.ts';
import { textOf } from './value.ts';

/** The type that values are cast to before they become keys of a table. */
const TARGETS = {
  ip: 'addr',
  ipv6: 'addr',
  integer: 'sint',
  string: 'str',
  binary: 'bin',
} as const satisfies Record<TableSpec['type'], SampleType>;

const MAPPED = '::ffff:';
const BYTE_ZERO = '\0';

/** Whether values of a type can be keys of a table at all. */
export function fitsTable(type: SampleType, table: TableSpec): boolean {
  return castOf(type, TARGETS[table.type]) !== undefined;
}

/**
 * The key of a table that a value is, as HAProxy's `smp_to_stkey` makes it; undefined when it is none: an IPv6 address for a table
 * of `ip`, a word for one of `integer`.
 */
export function tableKey(
  { type, length }: Pick<TableSpec, 'type' | 'length'>,
  from: SampleType,
  value: Value,
): string | undefined {
  // The usual key: an IPv4 address, which is written in one way only.
  if (from === 'addr' && type === 'ip' && typeof value === 'string' && !value.includes(':')) return value;
  const cast = castOf(from, TARGETS[type])?.(value);
  if (cast === undefined) return undefined;
  switch (type) {
    case 'ip':
      return typeof cast === 'string' ? asIpv4(cast) : undefined;
    case 'ipv6':
      return typeof cast === 'string' ? asIpv6(cast) : undefined;
    case 'integer':
      return typeof cast === 'number' || typeof cast === 'bigint'
        ? String(BigInt.asUintN(32, BigInt(cast)))
        : undefined;
    case 'string':
      return textOf(cast).slice(0, length);
    case 'binary':
      return textOf(cast).slice(0, length).padEnd(length, BYTE_ZERO);
  }
}

/** An IPv4 address, also one that an IPv6 address carries. */
function asIpv4(address: string): string | undefined {
  if (!address.includes(':')) return address;
  const bytes = addressBytes(address);
  const mapped = bytes?.subarray(0, 12).toString('hex') === '00000000000000000000ffff';
  return bytes !== undefined && mapped ? addressText(bytes.subarray(12)) : undefined;
}

function asIpv6(address: string): string | undefined {
  if (!address.includes(':')) return MAPPED + address;
  const bytes = addressBytes(address);
  if (bytes === undefined) return undefined;
  const text = addressText(bytes);
  return text.includes(':') ? text : MAPPED + text;
}
