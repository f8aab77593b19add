/**
 * The dates in a cookie with `maxidle` or `maxlife`: `NAME=SERVER|LAST|FIRST`, each five digits of base 64 that count four
 * seconds since 1970 (HAProxy's form, so that both may serve the same clients). 32-bit arithmetic, as there.
 */
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const LENGTH = 5;
/** A date this far in the future is a clock that is wrong, and expires nothing. Seconds. */
const MOST_AHEAD = 86_400;

export interface CookieDates {
  /** Seconds since 1970; 0: none. */
  readonly last: number;
  readonly first: number;
}

export const NO_DATES: CookieDates = { last: 0, first: 0 };

/** A value apart from its dates. */
export function splitDates(value: string): CookieDates & { readonly server: string } {
  const bar = value.indexOf('|');
  if (bar < 0) return { server: value, ...NO_DATES };
  const second = value.indexOf('|', bar + 1);
  return {
    server: value.slice(0, bar),
    last: decodeDate(value, bar + 1),
    first: second < 0 ? 0 : decodeDate(value, second + 1),
  };
}

/** `seconds` since 1970, rounded down to four of them. */
export function encodeDate(seconds: number): string {
  const count = seconds >>> 2;
  let text = '';
  for (let shift = 24; shift >= 0; shift -= 6) text += DIGITS.charAt((count >>> shift) & 63);
  return text;
}

function decodeDate(value: string, from: number): number {
  let count = 0;
  for (let at = from; at < from + LENGTH; at += 1) {
    const digit = at < value.length ? DIGITS.indexOf(value.charAt(at)) : -1;
    if (digit < 0) return 0;
    count = count * 64 + digit;
  }
  return count << 2;
}

/** Whether a date is more than `limit` seconds ago, or further ahead than clocks may differ. 0 is no limit, and no date. */
export function isOver(date: number, limit: number, now: number): boolean {
  if (date === 0 || limit === 0) return false;
  return ((now - date) | 0) > limit || ((date - now) | 0) > MOST_AHEAD;
}
