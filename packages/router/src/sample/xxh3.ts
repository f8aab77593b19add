/** XXH3 of 64 bits (https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md). Texts have a character for each byte. */
import { MASK, P32, P64, finished64, rotate64 } from './xxh.ts';

const SECRET = Buffer.from(
  'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c' +
    '3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364ea' +
    'c5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e',
  'hex',
);
const STRIPE = 64;
const STRIPES = 16;
const BLOCK = STRIPE * STRIPES;

/** Unsigned. */
export function xxh3(text: string, seed: bigint): bigint {
  const input = Buffer.from(text, 'latin1');
  const { length } = input;
  if (length <= 16) return short(input, seed);
  if (length > 240) return long(input, seed === 0n ? SECRET : seeded(seed));
  const mix = (at: number, secret: number): bigint => mixed(input, at, SECRET, secret, seed);
  let hash = (BigInt(length) * P64[0]) & MASK;
  if (length <= 128) {
    for (let step = (length - 1) >> 5; step >= 0; step -= 1)
      hash += mix(16 * step, 32 * step) + mix(length - 16 * (step + 1), 32 * step + 16);
    return avalanche(hash & MASK);
  }
  for (let at = 0; at < 8; at += 1) hash += mix(16 * at, 16 * at);
  hash = avalanche(hash & MASK);
  for (let at = 8; at < length >> 4; at += 1) hash += mix(16 * at, 16 * (at - 8) + 3);
  return avalanche((hash + mix(length - 16, 119)) & MASK);
}

function short(input: Buffer, seed: bigint): bigint {
  const { length } = input;
  const secret = (one: number, other: number): bigint => read(SECRET, one) ^ read(SECRET, other);
  if (length > 8) {
    const low = read(input, 0) ^ ((secret(24, 32) + seed) & MASK);
    const high = read(input, length - 8) ^ ((secret(40, 48) - seed) & MASK);
    return avalanche((BigInt(length) + swapped(low) + high + folded(low, high)) & MASK);
  }
  if (length > 3) {
    const low = seed & 0xffffffffn;
    const own = seed ^ ((swapped(low) >> 32n) << 32n);
    const both = BigInt(input.readUInt32LE(length - 4)) + (BigInt(input.readUInt32LE(0)) << 32n);
    let hash = both ^ ((secret(8, 16) - own) & MASK);
    hash ^= rotate64(hash, 49n) ^ rotate64(hash, 24n);
    hash = (hash * 0x9fb21c651e98df25n) & MASK;
    hash ^= (hash >> 35n) + BigInt(length);
    hash = (hash * 0x9fb21c651e98df25n) & MASK;
    return hash ^ (hash >> 28n);
  }
  if (length === 0) return finished64(seed ^ secret(56, 64));
  const byte = (at: number): number => input.readUInt8(at);
  const bytes = ((byte(0) << 16) | (byte(length >> 1) << 24) | byte(length - 1) | (length << 8)) >>> 0;
  const flip = BigInt((SECRET.readUInt32LE(0) ^ SECRET.readUInt32LE(4)) >>> 0) + seed;
  return finished64((BigInt(bytes) ^ flip) & MASK);
}

function long(input: Buffer, secret: Buffer): bigint {
  const { length } = input;
  const lanes = [P32[2], P64[0], P64[1], P64[2], P64[3], P32[1], P64[4], P32[0]].map(BigInt);
  const add = (at: number, key: number): void => {
    for (let lane = 0; lane < 8; lane += 1) {
      const value = read(input, at + 8 * lane);
      const keyed = value ^ read(secret, key + 8 * lane);
      lanes[lane ^ 1] = ((lanes[lane ^ 1] ?? 0n) + value) & MASK;
      lanes[lane] = ((lanes[lane] ?? 0n) + (keyed & 0xffffffffn) * (keyed >> 32n)) & MASK;
    }
  };
  const blocks = Math.floor((length - 1) / BLOCK);
  for (let block = 0; block < blocks; block += 1) {
    for (let stripe = 0; stripe < STRIPES; stripe += 1) add(block * BLOCK + stripe * STRIPE, stripe * 8);
    for (let lane = 0; lane < 8; lane += 1) {
      const value = lanes[lane] ?? 0n;
      lanes[lane] = ((value ^ (value >> 47n) ^ read(secret, 128 + 8 * lane)) * BigInt(P32[0])) & MASK;
    }
  }
  const left = Math.floor((length - 1 - blocks * BLOCK) / STRIPE);
  for (let stripe = 0; stripe < left; stripe += 1) add(blocks * BLOCK + stripe * STRIPE, stripe * 8);
  add(length - STRIPE, 121);
  let hash = (BigInt(length) * P64[0]) & MASK;
  for (let pair = 0; pair < 4; pair += 1)
    hash += folded(
      (lanes[2 * pair] ?? 0n) ^ read(secret, 11 + 16 * pair),
      (lanes[2 * pair + 1] ?? 0n) ^ read(secret, 19 + 16 * pair),
    );
  return avalanche(hash & MASK);
}

/** The secret of a seed. */
function seeded(seed: bigint): Buffer {
  const secret = Buffer.alloc(SECRET.length);
  for (let at = 0; at < SECRET.length; at += 16) {
    secret.writeBigUInt64LE((read(SECRET, at) + seed) & MASK, at);
    secret.writeBigUInt64LE((read(SECRET, at + 8) - seed) & MASK, at + 8);
  }
  return secret;
}

function mixed(input: Buffer, at: number, secret: Buffer, key: number, seed: bigint): bigint {
  const low = read(input, at) ^ ((read(secret, key) + seed) & MASK);
  return folded(low, read(input, at + 8) ^ ((read(secret, key + 8) - seed) & MASK));
}

/** The two halves of a product of 128 bits. */
function folded(one: bigint, other: bigint): bigint {
  const product = one * other;
  return (product & MASK) ^ (product >> 64n);
}

function avalanche(hash: bigint): bigint {
  const mixedUp = ((hash ^ (hash >> 37n)) * 0x165667919e3779f9n) & MASK;
  return mixedUp ^ (mixedUp >> 32n);
}

function swapped(value: bigint): bigint {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes.readBigUInt64BE();
}

function read(bytes: Buffer, at: number): bigint {
  return bytes.readBigUInt64LE(at);
}
