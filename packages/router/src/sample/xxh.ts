/** xxHash of 32 and 64 bits (https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md). Texts have a character for each byte. */

export const P32 = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1] as const;
export const P64 = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const;
export const MASK = (1n << 64n) - 1n;

export function xxh32(text: string, seed: number): number {
  const input = Buffer.from(text, 'latin1');
  let at = 0;
  let hash: number;
  if (input.length >= 16) {
    const lanes = [(seed + P32[0] + P32[1]) | 0, (seed + P32[1]) | 0, seed | 0, (seed - P32[0]) | 0];
    for (; at + 16 <= input.length; at += 16)
      for (let lane = 0; lane < 4; lane += 1)
        lanes[lane] = Math.imul(
          rotate32((lanes[lane] ?? 0) + Math.imul(input.readInt32LE(at + lane * 4), P32[1]), 13),
          P32[0],
        );
    hash = [1, 7, 12, 18].reduce((sum, bits, lane) => (sum + rotate32(lanes[lane] ?? 0, bits)) | 0, 0);
  } else hash = (seed + P32[4]) | 0;
  hash = (hash + input.length) | 0;
  for (; at + 4 <= input.length; at += 4)
    hash = Math.imul(rotate32(hash + Math.imul(input.readInt32LE(at), P32[2]), 17), P32[3]);
  for (; at < input.length; at += 1)
    hash = Math.imul(rotate32(hash + Math.imul(input.readUInt8(at), P32[4]), 11), P32[0]);
  hash = Math.imul(hash ^ (hash >>> 15), P32[1]);
  hash = Math.imul(hash ^ (hash >>> 13), P32[2]);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Unsigned. */
export function xxh64(text: string, seed: bigint): bigint {
  const input = Buffer.from(text, 'latin1');
  let at = 0;
  let hash: bigint;
  if (input.length >= 32) {
    const lanes = [seed + P64[0] + P64[1], seed + P64[1], seed, seed - P64[0]].map((lane) => lane & MASK);
    for (; at + 32 <= input.length; at += 32)
      for (let lane = 0; lane < 4; lane += 1)
        lanes[lane] = round64(lanes[lane] ?? 0n, input.readBigUInt64LE(at + lane * 8));
    hash = [1n, 7n, 12n, 18n].reduce((sum, bits, lane) => (sum + rotate64(lanes[lane] ?? 0n, bits)) & MASK, 0n);
    for (const lane of lanes) hash = ((hash ^ round64(0n, lane)) * P64[0] + P64[3]) & MASK;
  } else hash = (seed + P64[4]) & MASK;
  hash = (hash + BigInt(input.length)) & MASK;
  for (; at + 8 <= input.length; at += 8)
    hash = (rotate64(hash ^ round64(0n, input.readBigUInt64LE(at)), 27n) * P64[0] + P64[3]) & MASK;
  if (at + 4 <= input.length) {
    hash = (rotate64(hash ^ ((BigInt(input.readUInt32LE(at)) * P64[0]) & MASK), 23n) * P64[1] + P64[2]) & MASK;
    at += 4;
  }
  for (; at < input.length; at += 1)
    hash = (rotate64(hash ^ ((BigInt(input.readUInt8(at)) * P64[4]) & MASK), 11n) * P64[0]) & MASK;
  return finished64(hash);
}

/** Spreads the bits of a hash. */
export function finished64(hash: bigint): bigint {
  hash = ((hash ^ (hash >> 33n)) * P64[1]) & MASK;
  hash = ((hash ^ (hash >> 29n)) * P64[2]) & MASK;
  return hash ^ (hash >> 32n);
}

function rotate32(value: number, bits: number): number {
  return (value << bits) | ((value | 0) >>> (32 - bits));
}

export function rotate64(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & MASK;
}

function round64(lane: bigint, value: bigint): bigint {
  return (rotate64((lane + value * P64[1]) & MASK, 31n) * P64[0]) & MASK;
}
