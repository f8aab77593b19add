/** Passwords as `userlist` sections store them (configuration manual §3.4): crypt(3)'s forms, or plain. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { HashedPassword, PlainPassword } from '../model/user-list.ts';
import { bcrypt } from './bcrypt.ts';
import { md5Crypt } from './md5-crypt.ts';
import { shaCrypt } from './sha-crypt.ts';

/** Longest password compared, as in crypt(3): the work of a hash grows with it. */
export const MAX_PASSWORD = 511;

/** More rounds would take seconds for each attempt. */
const MAX_ROUNDS = 1_000_000;
const MAX_COST = 15;

const SHA = { 5: { kind: 'sha256', digits: 43 }, 6: { kind: 'sha512', digits: 86 } } as const;

const MAKE = "make one with 'mkpasswd -m sha-512' or 'openssl passwd -6'";
const OTHERS: readonly (readonly [form: RegExp, name: string])[] = [
  [/^\$y\$/, 'yescrypt'],
  [/^\$gy\$/, 'gost-yescrypt'],
  [/^\$7\$/, 'scrypt'],
  [/^\$2x?\$/, 'an early, flawed form of bcrypt'],
  [/^\$(?:md5|sha1|3)[$,]/, 'a hash of other systems'],
  [/^_[./0-9A-Za-z]{19}$/, 'BSDi crypt'],
  [/^[./0-9A-Za-z]{13}$/, 'DES crypt'],
];

/** Reads what follows `password`. A text is why it cannot be checked; `never`: it is no hash at all, and no password has it. */
export function readHash(text: string): HashedPassword | { readonly problem: string } | 'never' {
  const md5 = /^\$1\$([^$]{0,8})\$([./0-9A-Za-z]{22})$/.exec(text);
  if (md5 !== null) return { kind: 'md5', text, salt: md5[1] ?? '', rounds: 1000, hash: md5[2] ?? '' };
  const sha = /^\$([56])\$(?:rounds=(\d{1,9})\$)?([^$]*)\$([./0-9A-Za-z]+)$/.exec(text);
  if (sha !== null) {
    const { kind, digits } = SHA[sha[1] === '5' ? 5 : 6];
    const rounds = sha[2] === undefined ? 5000 : Number(sha[2]);
    const hash = sha[4] ?? '';
    if (hash.length !== digits || rounds < 1000) return 'never';
    if (rounds > MAX_ROUNDS)
      return { problem: `${rounds} rounds would take seconds for each attempt; the most is ${MAX_ROUNDS}` };
    return { kind, text, salt: (sha[3] ?? '').slice(0, 16), rounds, hash };
  }
  const blowfish = /^\$2[aby]\$(\d\d)\$([./0-9A-Za-z]{22})([./0-9A-Za-z]{31})$/.exec(text);
  if (blowfish !== null) {
    const rounds = Number(blowfish[1]);
    if (rounds < 4 || rounds > 31) return 'never';
    if (rounds > MAX_COST)
      return { problem: `cost ${rounds} would take seconds for each attempt; the most is ${MAX_COST}` };
    return { kind: 'bcrypt', text, salt: blowfish[2] ?? '', rounds, hash: blowfish[3] ?? '' };
  }
  const other = OTHERS.find(([form]) => form.test(text));
  return other === undefined ? 'never' : { problem: `${other[1]} is not supported; ${MAKE}` };
}

/** Compares a password with one that is stored as it is: in the same time wherever the two differ. */
export function matchesPlain(stored: PlainPassword, attempt: string): boolean {
  return sameText(stored.text, attempt);
}

/** Hashes a password, a character for each byte, and compares. Takes milliseconds, up to about a second: not for the main thread. */
export function matchesHash({ kind, salt, rounds, hash }: HashedPassword, attempt: string): boolean {
  // crypt(3) takes strings that end with a zero byte.
  const password = Buffer.from(attempt.replace(/\0.*$/s, ''), 'latin1');
  if (password.length > MAX_PASSWORD) return false;
  if (kind === 'md5') return sameText(hash, md5Crypt(password, salt));
  if (kind === 'bcrypt') return sameText(hash, bcrypt(password, salt, rounds));
  return sameText(hash, shaCrypt(kind, password, salt, rounds));
}

function sameText(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text, 'latin1').digest();
  return timingSafeEqual(digest(one), digest(other));
}
