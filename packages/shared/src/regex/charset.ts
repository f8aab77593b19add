/** Sets of characters, and the ones that have a name. Only ASCII letters have case, as in PCRE without UTF and locale. */
import type { CharSet } from './syntax.ts';

const SIZE = 257n;
export const ALL: CharSet = (1n << SIZE) - 1n;

export function single(code: number): CharSet {
  return 1n << BigInt(code);
}

/** All characters from `low` to `high`, both included. */
export function range(low: number, high: number): CharSet {
  return ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low);
}

export function negated(set: CharSet): CharSet {
  return ALL & ~set;
}

/** The set with the other case of each of its letters. */
export function bothCases(set: CharSet): CharSet {
  const letters = (1n << 26n) - 1n;
  return set | (((set >> 65n) & letters) << 97n) | (((set >> 97n) & letters) << 65n);
}

function of(...parts: readonly string[]): CharSet {
  let set = 0n;
  for (const part of parts) set |= range(part.charCodeAt(0), part.charCodeAt(part.length - 1));
  return set;
}

export const DIGITS = of('09');
export const WORD = of('09', 'AZ', 'az', '_');
export const NEWLINE = single(10);
const SPACE = of('\t\r', ' ');
const BLANK = of('\t', ' ') | single(0xa0);
const VERTICAL = of('\n\r') | single(0x85);

/** `\d` and its like. */
export const ESCAPED_SETS: ReadonlyMap<string, CharSet> = new Map([
  ['d', DIGITS],
  ['D', negated(DIGITS)],
  ['w', WORD],
  ['W', negated(WORD)],
  ['s', SPACE],
  ['S', negated(SPACE)],
  ['h', BLANK],
  ['H', negated(BLANK)],
  ['v', VERTICAL],
  ['V', negated(VERTICAL)],
  ['N', negated(NEWLINE)],
]);

/** `[:alpha:]` and its like, for use in a set. */
export const POSIX_SETS: ReadonlyMap<string, CharSet> = new Map([
  ['alpha', of('AZ', 'az')],
  ['digit', DIGITS],
  ['alnum', of('09', 'AZ', 'az')],
  ['upper', of('AZ')],
  ['lower', of('az')],
  ['xdigit', of('09', 'AF', 'af')],
  ['space', SPACE],
  ['blank', of('\t', ' ')],
  ['cntrl', range(0, 31) | single(127)],
  ['graph', of('!~')],
  ['print', of(' ~')],
  ['punct', of('!/', ':@', '[`', '{~')],
  ['ascii', range(0, 127)],
  ['word', WORD],
]);
