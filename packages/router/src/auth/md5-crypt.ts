import { createHash } from 'node:crypto';
import { writeDigits } from './crypt-digits.ts';

const ORDER = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5], [11]];

/** The hash of `$1$SALT$HASH` (Poul-Henning Kamp's md5-crypt: a thousand rounds of MD5). */
export function md5Crypt(password: Buffer, salt: string): string {
  const key = Buffer.from(salt, 'latin1');
  const other = createHash('md5').update(password).update(key).update(password).digest();
  const first = createHash('md5').update(password).update('$1$').update(key);
  for (let left = password.length; left > 0; left -= 16) first.update(other.subarray(0, Math.min(16, left)));
  for (let bits = password.length; bits > 0; bits >>= 1)
    first.update((bits & 1) === 1 ? Buffer.alloc(1) : password.subarray(0, 1));
  let hash = first.digest();
  for (let round = 0; round < 1000; round += 1) {
    const next = createHash('md5').update((round & 1) === 1 ? password : hash);
    if (round % 3 !== 0) next.update(key);
    if (round % 7 !== 0) next.update(password);
    hash = next.update((round & 1) === 1 ? hash : password).digest();
  }
  return writeDigits(hash, ORDER);
}
