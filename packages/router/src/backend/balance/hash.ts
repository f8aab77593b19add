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
