import { crc32 } from 'node:zlib';

/** Hash functions of HAProxy's `hash-type`: 32-bit, unsigned. */

/** `sdbm`, the default. Characters stand for bytes: heads are read as Latin-1. */
export function sdbm(text: string, start = 0, end = text.length): number {
  let hash = 0;
  for (let i = start; i < end; i++) {
    hash = ((text.charCodeAt(i) & 0xff) + (hash << 6) + (hash << 16) - hash) | 0;
  }
  return hash >>> 0;
}

/** `avalanche`: spreads a difference in any bit over all of them. */
export function avalanche(value: number): number {
  let a = value | 0;
  a = (a + 0x7ed55d16 + (a << 12)) | 0;
  a = a ^ 0xc761c23c ^ (a >>> 19);
  a = (a + 0x165667b1 + (a << 5)) | 0;
  a = (a + 0xd3a2646c) ^ (a << 9);
  a = (a + 0xfd7046c5 + (a << 3)) | 0;
  a = a ^ 0xb55a4f09 ^ (a >>> 16);
  return Math.imul(a, 3221225473) >>> 0;
}

/** `djb2` (HAProxy's hash.c). */
export function djb2(text: string): number {
  let hash = 5381;
  for (let at = 0; at < text.length; at += 1) hash = ((hash << 5) + hash + text.charCodeAt(at)) | 0;
  return hash >>> 0;
}

/** `wt6` (HAProxy's hash.c): two halves with data-dependent rotation. */
export function wt6(text: string): number {
  let h0 = 0xa53c965a | 0;
  let h1 = 0x5ca6953a | 0;
  let step0 = 6;
  let step1 = 18;
  for (let at = 0; at < text.length; at += 1) {
    const key = text.charCodeAt(at);
    h0 = ~(h0 ^ key);
    h1 = ~((h1 + key) | 0);
    const rotated = rotate(h1, step0);
    h1 = rotate(h0, step1);
    h0 = rotated;
    const steps = ((h0 >>> 16) ^ h1) & 0xffff;
    step0 = steps & 0x1f;
    step1 = steps >>> 11;
  }
  return (h0 ^ h1) >>> 0;
}

function rotate(value: number, bits: number): number {
  return bits === 0 ? value : (value << bits) | (value >>> (32 - bits));
}

/** The functions of `hash-type`, on a part of a text. */
export const hashFunctions = {
  sdbm,
  djb2: (text: string, start?: number, end?: number) => djb2(text.slice(start, end)),
  wt6: (text: string, start?: number, end?: number) => wt6(text.slice(start, end)),
  crc32: (text: string, start?: number, end?: number) => crc32(Buffer.from(text.slice(start, end), 'latin1')),
} as const;

export type HashFunction = (text: string, start?: number, end?: number) => number;
