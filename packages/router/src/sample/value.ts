import { writtenBytes } from '@headgate/shared/config/escaped-bytes';
import type { SampleType, Sint, Typed, Value } from '../model/values.ts';

export const MAX_SINT = 2n ** 63n - 1n;
export const MIN_SINT = -(2n ** 63n);

/** Configurations are UTF-8, requests are read byte by byte (latin1): encodes a text the way a request would. */
export function bytesOf(text: string): string {
  // Lists of ten thousand hosts are not copied.
  return /[\u0080-\uffff]/.test(text) ? writtenBytes(text).toString('latin1') : text;
}

/** The integer as a number where that is exact, clamped to 64 bits. */
export function sint(value: bigint): Sint {
  const bounded = value > MAX_SINT ? MAX_SINT : value < MIN_SINT ? MIN_SINT : value;
  const number = Number(bounded);
  return Number.isSafeInteger(number) ? number : bounded;
}

/** The low 64 bits as a signed integer: how HAProxy stores hashes. */
export function wrapped(value: bigint): Sint {
  return sint(BigInt.asIntN(64, value));
}

/** The leading integer of a text, 0 without one: how HAProxy converts text to a number. */
export function leadingInteger(text: string): Sint {
  const digits = /^[+-]?\d+/.exec(text)?.[0];
  if (digits === undefined) return 0;
  return digits.length < 16 ? Number(digits) : sint(BigInt(digits.slice(0, 64).replace('+', '')));
}

/**
 * The integer that `hdr_val` and similar fetches read (HAProxy's strl2ic): digits up to the first character beyond `9`. Characters before
 * `0` count as negative digits there, and 32 bits wrap; the same here, or a rule would decide differently on unusual input.
 */
export function looseInteger(text: string): number {
  const negative = text.startsWith('-');
  let value = 0;
  for (let at = negative ? 1 : 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const digit = (code > 127 ? code - 256 : code) - 48;
    if (digit > 9) break;
    value = (Math.imul(value, 10) + (negative ? -digit : digit)) | 0;
  }
  return value;
}

/** `1.2.3.4:80` in a header is the address 1.2.3.4. */
export function withoutPort(text: string): string {
  return text.includes('.') ? text.replace(/:\d{1,5}$/, '') : text;
}

/** The eight bytes of an integer, most significant first. */
export function sintBytes(value: Sint): string {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes.toString('latin1');
}

export function typed(type: Typed['type'], value: Typed['value']): Typed {
  return { type, value };
}

/** Any value as the text HAProxy prints; unprintable values are empty. */
export function textOf(value: Value): string {
  if (typeof value === 'object') return textOf(value.value);
  return typeof value === 'boolean' ? (value ? '1' : '0') : String(value);
}

/** The type's name in the documentation. */
export const typeNames = {
  bool: 'boolean',
  sint: 'integer',
  addr: 'address',
  str: 'string',
  bin: 'binary',
  meth: 'method',
  any: 'any',
} as const satisfies Record<SampleType, string>;
