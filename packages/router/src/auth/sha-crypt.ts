import { createHash } from 'node:crypto';
import { writeDigits } from './crypt-digits.ts';

/** Three bytes at a time, each group rotated against the one before: `step` is a third of the hash. */
function order(step: number, groups: number, turn: number, last: readonly number[]): readonly (readonly number[])[] {
  const list = Array.from({ length: groups }, (_, index) =>
    [0, 1, 2].map((place) => ((place + index * turn) % 3) * step + index),
  );
  return [...list, last];
}

const FORMS = {
  sha256: { length: 32, order: order(10, 10, 2, [31, 30]) },
  sha512: { length: 64, order: order(21, 21, 1, [63]) },
} as const;

/** The hash of `$5$` and `$6$` (Ulrich Drepper, Unix crypt using SHA-256 and SHA-512). */
export function shaCrypt(kind: 'sha256' | 'sha512', password: Buffer, salt: string, rounds: number): string {
  const { length, order: byteOrder } = FORMS[kind];
  const key = Buffer.from(salt, 'latin1');
  const other = createHash(kind).update(password).update(key).update(password).digest();
  const first = createHash(kind).update(password).update(key).update(stretched(other, password.length));
  for (let bits = password.length; bits > 0; bits >>= 1) first.update((bits & 1) === 1 ? other : password);
  let hash = first.digest();
  const p = createHash(kind);
  for (let times = 0; times < password.length; times += 1) p.update(password);
  const ofPassword = stretched(p.digest(), password.length);
  const s = createHash(kind);
  for (let times = 0; times < 16 + (hash[0] ?? 0); times += 1) s.update(key);
  const ofSalt = stretched(s.digest(), key.length);
  const block = Buffer.alloc(2 * (ofPassword.length + ofSalt.length) + length);
  for (let round = 0; round < rounds; round += 1) {
    let end = 0;
    const add = (bytes: Buffer): void => {
      end += bytes.copy(block, end);
    };
    add((round & 1) === 1 ? ofPassword : hash);
    if (round % 3 !== 0) add(ofSalt);
    if (round % 7 !== 0) add(ofPassword);
    add((round & 1) === 1 ? hash : ofPassword);
    hash = createHash(kind).update(block.subarray(0, end)).digest();
  }
  return writeDigits(hash, byteOrder);
}

/** A hash repeated until it is that long. */
function stretched(hash: Buffer, length: number): Buffer {
  return Buffer.alloc(length, hash);
}
