import { isIP } from 'node:net';
import type { SampleType, Value } from '../model/values.ts';
import { addressBytes, addressText } from './address.ts';
import { leadingInteger, sintBytes, textOf, withoutPort } from './value.ts';

/** Converts a value from one type to another; undefined: this value cannot be converted (a word to an address). */
export type Cast = (value: Value) => Value | undefined;

const same: Cast = (value) => value;
const text: Cast = (value) => (typeof value === 'boolean' ? (value ? '1' : '0') : textOf(value));
const truth: Cast = (value) => value !== 0;
const count: Cast = (value) => (value === true ? 1 : 0);
/** An empty text is neither an integer nor true or false. */
const number: Cast = (value) => (value === '' ? undefined : leadingInteger(textOf(value)));
const bytes: Cast = (value) => sintBytes(typeof value === 'boolean' ? Number(value) : BigInt(Number(value)));
const numberBytes: Cast = (value) =>
  typeof value === 'bigint' || typeof value === 'number' ? sintBytes(value) : undefined;

/** HAProxy's table (sample.c, sample_casts): from, then to. Casts not in it are refused when the configuration is loaded. */
const casts: Readonly<Record<Exclude<SampleType, 'any'>, Partial<Record<SampleType, Cast>>>> = {
  bool: { bool: same, sint: count, str: text, bin: bytes },
  sint: { bool: truth, sint: same, addr: numberToAddress, str: text, bin: numberBytes },
  addr: { sint: addressToNumber, addr: same, str: same, bin: addressToBytes },
  str: {
    bool: textToTruth,
    sint: number,
    addr: textToAddress,
    str: same,
    bin: same,
    meth: same,
  },
  bin: {
    str: same,
    bin: same,
    addr: textToAddress,
    sint: number,
    bool: textToTruth,
    meth: same,
  },
  meth: { str: same, bin: same, meth: same },
};

/** The cast, undefined when there is none. A value that carries its type is cast by that. */
export function castOf(from: SampleType, to: SampleType): Cast | undefined {
  if (from === 'any') {
    if (to === 'any') return same;
    return (value) => (typeof value === 'object' ? casts[value.type][to]?.(value.value) : undefined);
  }
  if (to === 'any') return (value) => (typeof value === 'object' ? value : { type: from, value });
  return casts[from][to];
}

/** True when the cast changes nothing, so that it can be left out. */
export function isSame(cast: Cast): boolean {
  return cast === same;
}

function textToTruth(value: Value): Value | undefined {
  const read = number(value);
  return read === undefined ? undefined : truth(read);
}

function numberToAddress(value: Value): Value | undefined {
  const address = Buffer.allocUnsafe(4);
  address.writeUInt32BE(Number(BigInt.asUintN(32, BigInt(Number(value)))));
  return addressText(address);
}

/** IPv4 only, as in HAProxy. */
function addressToNumber(value: Value): Value | undefined {
  const address = addressBytes(textOf(value));
  return address?.length === 4 ? address.readUInt32BE() : undefined;
}

function addressToBytes(value: Value): Value | undefined {
  return addressBytes(textOf(value))?.toString('latin1');
}

function textToAddress(value: Value): Value | undefined {
  const address = withoutPort(textOf(value));
  return isIP(address) === 0 ? undefined : address;
}
