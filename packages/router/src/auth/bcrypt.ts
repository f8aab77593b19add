/** bcrypt (Provos and Mazières, A Future-Adaptable Password Scheme): Blowfish with an expensive key schedule. */
import { wordsOfPi } from './pi.ts';

const DIGITS = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const SUBKEYS = 18;
const BOXES = 4 * 256;
/** What is encrypted over and over. */
const TEXT = Buffer.from('OrpheanBeholderScryDoubt');
/** More of a password does not count. */
const MAX_PASSWORD = 72;

let initial: Int32Array | undefined;

/** The 31 digits after the salt of `$2b$COST$SALT…`. */
export function bcrypt(password: Buffer, salt: string, cost: number): string {
  initial ??= wordsOfPi(SUBKEYS + BOXES);
  const p = initial.slice(0, SUBKEYS);
  const s = initial.slice(SUBKEYS);
  const key = cyclic(Buffer.concat([password, Buffer.alloc(1)]).subarray(0, MAX_PASSWORD), SUBKEYS);
  const seed = cyclic(readDigits(salt, 16), SUBKEYS);
  const block = new Int32Array(2);
  schedule(p, s, key, seed.subarray(0, 4), block);
  const zero = new Int32Array(4);
  for (let round = 2 ** cost; round > 0; round -= 1) {
    schedule(p, s, key, zero, block);
    schedule(p, s, seed, zero, block);
  }
  const out = Buffer.alloc(24);
  for (let at = 0; at < 24; at += 8) {
    block[0] = TEXT.readInt32BE(at);
    block[1] = TEXT.readInt32BE(at + 4);
    for (let times = 0; times < 64; times += 1) encrypt(p, s, block);
    out.writeInt32BE(block[0], at);
    out.writeInt32BE(block[1], at + 4);
  }
  return writeDigits(out.subarray(0, 23));
}

/** Bytes repeated, as words. */
function cyclic(bytes: Buffer, words: number): Int32Array {
  const repeated = Buffer.alloc(words * 4, bytes);
  return Int32Array.from({ length: words }, (_, index) => repeated.readInt32BE(index * 4));
}

/** Mixes a key, and a salt of four words, into the subkeys and the boxes. */
function schedule(p: Int32Array, s: Int32Array, key: Int32Array, salt: Int32Array, block: Int32Array): void {
  for (let at = 0; at < SUBKEYS; at += 1) p[at] = (p[at] ?? 0) ^ (key[at] ?? 0);
  block[0] = 0;
  block[1] = 0;
  let word = 0;
  for (const table of [p, s]) {
    for (let at = 0; at < table.length; at += 2) {
      block[0] = (block[0] ?? 0) ^ (salt[word] ?? 0);
      block[1] = (block[1] ?? 0) ^ (salt[word + 1] ?? 0);
      word = (word + 2) & 3;
      encrypt(p, s, block);
      table[at] = block[0];
      table[at + 1] = block[1];
    }
  }
}

/** One block of Blowfish, in place. */
function encrypt(p: Int32Array, s: Int32Array, block: Int32Array): void {
  let left = (block[0] ?? 0) ^ (p[0] ?? 0);
  let right = block[1] ?? 0;
  for (let at = 1; at < 17; at += 2) {
    right ^= mixed(s, left) ^ (p[at] ?? 0);
    left ^= mixed(s, right) ^ (p[at + 1] ?? 0);
  }
  block[0] = right ^ (p[17] ?? 0);
  block[1] = left;
}

function mixed(s: Int32Array, word: number): number {
  const sum = ((s[word >>> 24] ?? 0) + (s[256 + ((word >>> 16) & 255)] ?? 0)) | 0;
  return ((sum ^ (s[512 + ((word >>> 8) & 255)] ?? 0)) + (s[768 + (word & 255)] ?? 0)) | 0;
}

function readDigits(text: string, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let value = 0;
  let bits = 0;
  let at = 0;
  for (const digit of text) {
    value = ((value << 6) | DIGITS.indexOf(digit)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    if (at < length) bytes[at] = (value >>> bits) & 255;
    at += 1;
  }
  return bytes;
}

function writeDigits(bytes: Buffer): string {
  let text = '';
  let value = 0;
  let bits = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff;
    for (bits += 8; bits >= 6;) {
      bits -= 6;
      text += DIGITS[(value >>> bits) & 63];
    }
  }
  return bits === 0 ? text : text + DIGITS[(value << (6 - bits)) & 63];
}
