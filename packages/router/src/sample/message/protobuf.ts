import type { Sint, Typed } from '../../model/values.ts';
import { sint, typed, wrapped } from '../value.ts';

/** How a value is written (the lowest three bits of its key). Groups, 3 and 4, are no longer used and end the reading. */
const [VARINT, FIXED_64, COUNTED, FIXED_32] = [0, 1, 2, 5];
/** A varint of 64 bits has at most ten bytes. */
const LONGEST = 10;

interface Field {
  readonly number: number;
  readonly wire: number;
  /** Where its value is: without the length in front of it. */
  readonly start: number;
  readonly end: number;
}

/** The integer at `start`, seven bits a byte, the lowest first; undefined: it does not end in time. */
function varint(bytes: Buffer, start: number): { readonly value: bigint; readonly end: number } | undefined {
  let value = 0n;
  for (let place = 0; place < LONGEST; place += 1) {
    const byte = bytes[start + place];
    if (byte === undefined) return undefined;
    value |= BigInt(byte & 0x7f) << BigInt(7 * place);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: start + place + 1 };
  }
  return undefined;
}

function fieldAt(bytes: Buffer, at: number): Field | undefined {
  const key = varint(bytes, at);
  if (key === undefined) return undefined;
  const number = Number(key.value >> 3n);
  const wire = Number(key.value & 7n);
  const within = (start: number, end: number): Field | undefined =>
    end > bytes.length ? undefined : { number, wire, start, end };
  if (wire === FIXED_32) return within(key.end, key.end + 4);
  if (wire === FIXED_64) return within(key.end, key.end + 8);
  const value = varint(bytes, key.end);
  if (value === undefined) return undefined;
  if (wire === VARINT) return within(key.end, value.end);
  return wire === COUNTED && value.value <= BigInt(bytes.length)
    ? within(value.end, value.end + Number(value.value))
    : undefined;
}

/** Integers by the name of their type in a .proto file: how they are written, and how they are read. */
const TYPES = {
  ...many(['int32', 'uint32', 'int64', 'uint64', 'bool', 'enum'], VARINT, plain),
  ...many(['sint32', 'sint64'], VARINT, zigzag),
  ...many(['fixed32'], FIXED_32, (bytes) => bytes.readUInt32LE()),
  ...many(['sfixed32'], FIXED_32, (bytes) => bytes.readInt32LE()),
  ...many(['float'], FIXED_32, (bytes) => truncated(bytes.readFloatLE())),
  ...many(['fixed64', 'sfixed64'], FIXED_64, (bytes) => sint(bytes.readBigInt64LE())),
  ...many(['double'], FIXED_64, (bytes) => truncated(bytes.readDoubleLE())),
};

interface Type {
  readonly wire: number;
  readonly read: (bytes: Buffer) => Sint;
}

function many(names: readonly string[], wire: number, read: Type['read']): Readonly<Record<string, Type>> {
  return Object.fromEntries(names.map((name) => [name, { wire, read }]));
}

function plain(bytes: Buffer): Sint {
  return wrapped(varint(bytes, 0)?.value ?? 0n);
}

/** The sign is the lowest bit, so that small negative integers are short. */
function zigzag(bytes: Buffer): Sint {
  const value = varint(bytes, 0)?.value ?? 0n;
  return wrapped((value >> 1n) ^ -(value & 1n));
}

function truncated(value: number): Sint {
  return Number.isFinite(value) ? sint(BigInt(Math.trunc(value))) : 0;
}

export const protobufTypes: readonly string[] = Object.keys(TYPES);

/**
 * The value of a field of a message, by its number and those of the messages around it (`1.3`); undefined: it has none, or the message
 * is broken before it. Without a type: its bytes.
 */
export function protobufValue(message: string, path: readonly number[], type: string | undefined): Typed | undefined {
  const bytes = Buffer.from(message, 'latin1');
  return find(bytes, path, type === undefined ? undefined : TYPES[type]);
}

function find(bytes: Buffer, [wanted, ...inner]: readonly number[], type: Type | undefined): Typed | undefined {
  for (let at = 0; at < bytes.length;) {
    const field = fieldAt(bytes, at);
    if (field === undefined) return undefined;
    const { number, wire, start, end } = field;
    if (number === wanted) {
      const value = bytes.subarray(start, end);
      if (inner.length === 0) return valueOf(value, wire, type);
      const found = wire === COUNTED ? find(value, inner, type) : undefined;
      if (found !== undefined) return found;
    }
    at = end;
  }
  return undefined;
}

function valueOf(bytes: Buffer, wire: number, type: Type | undefined): Typed | undefined {
  if (type === undefined) return typed('bin', bytes.toString('latin1'));
  return type.wire === wire ? typed('sint', type.read(bytes)) : undefined;
}

/** The messages of gRPC: a flag, a length of four bytes, and a message of Protocol Buffers. */
export function grpcValue(text: string, path: readonly number[], type: string | undefined): Typed | undefined {
  const HEADER = 5;
  for (let at = 0; text.length - at > HEADER;) {
    const length = Buffer.from(text.slice(at + 1, at + HEADER), 'latin1').readUInt32BE();
    const start = at + HEADER;
    if (text.length - start < length) return undefined;
    const value = protobufValue(text.slice(start, start + length), path, type);
    if (value !== undefined) return value;
    at = start + length;
  }
  return undefined;
}
