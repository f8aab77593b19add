/** Milliseconds in each unit HAProxy knows (configuration manual §2.5). */
const DURATION_UNITS = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SIZE_UNITS = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 } as const;

export type DurationUnit = keyof typeof DURATION_UNITS;

/** The longest duration HAProxy accepts: 2147483647 ms, almost 25 days. */
export const MAX_DURATION = 2_147_483_647;

/** A number, or why the text is not one. */
export type Parsed = { readonly value: number } | { readonly error: string };

/** `10s`, `24h`, `100` (in `unit`) → milliseconds, rounded up so that a short duration never becomes 0. */
export function parseDuration(text: string, unit: DurationUnit = 'ms'): Parsed {
  const found = /^(\d{1,16})(us|ms|s|m|h|d)?$/.exec(text);
  if (found === null)
    return { error: `'${text}' is not a duration: write an integer followed by us, ms, s, m, h or d` };
  const factor = DURATION_UNITS[(found[2] ?? unit) as DurationUnit];
  const value = Math.ceil(Number(found[1]) * factor);
  if (value > MAX_DURATION) return { error: `'${text}' is too long: the maximum is ${MAX_DURATION}ms (about 24 days)` };
  return { value };
}

/**
 * A duration with more behind its unit (`30sec`, `5s[`), as it is without that. HAProxy 2.6 reads it so, with a warning; later versions
 * refuse it. Undefined for any other text.
 */
export function durationBeforeRest(text: string): string | undefined {
  return /^(\d{1,16}(?:us|ms|s|m(?!s)|h|d)).+$/.exec(text)?.[1];
}

/** An integer with more behind it (`80%`, `4096;`), as it is without that: HAProxy 2.6 stops reading there. Undefined for any other text. */
export function integerBeforeRest(text: string): string | undefined {
  return /^(\d{1,15})[^\d].*$/.exec(text)?.[1];
}

/** Milliseconds in the largest unit that holds them without a rest: `1d`, `90s`, `1500ms`; `0` has none. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0';
  const units = ['d', 'h', 'm', 's'] as const;
  const unit = units.find((name) => ms % DURATION_UNITS[name] === 0) ?? 'ms';
  return `${ms / DURATION_UNITS[unit]}${unit}`;
}

/** `16384`, `64k`, `1m`, `2g` → bytes. */
export function parseSize(text: string): Parsed {
  const found = /^(\d{1,12})([kmg]?)$/i.exec(text);
  if (found === null) return { error: `'${text}' is not a size: write an integer, optionally followed by k, m or g` };
  return { value: Number(found[1]) * SIZE_UNITS[(found[2] ?? '').toLowerCase() as keyof typeof SIZE_UNITS] };
}

/** An integer within bounds, both inclusive. */
export function parseInteger(text: string, min: number, max: number): Parsed {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return { value };
  return { error: `'${text}' is not an integer between ${min} and ${max}` };
}
