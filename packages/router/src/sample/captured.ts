/** Captured values as log lines have them (configuration manual §8.8). */
import type { Flags, FormatOptions } from './shown.ts';

type Values = readonly (string | undefined)[];

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const UNSAFE = /[\x00-\x1f"#{|}\x7f-\xff]/g;

/** `{one|two}`. */
export function bracedCaptures(values: Values, { quote }: Pick<Flags, 'quote'>): string {
  const text = `{${values.map((value) => encoded(value ?? '')).join('|')}}`;
  return quote ? `"${text}"` : text;
}

/** Values side by side, each quoted under `+Q`; one that was not there is `-`. */
export function listedCaptures(values: Values, { quote }: Pick<Flags, 'quote'>): string {
  return values
    .map((value) => (quote ? `"${encoded(value ?? '')}"` : value === undefined ? '-' : encoded(value)))
    .join(' ');
}

/** A captured cookie. As in HAProxy quotes in it stay as they are; a field has no control characters. */
export function cookieCapture(value: string | undefined, { quote }: Flags, { dash }: FormatOptions): string {
  if (quote) return `"${value ?? ''}"`;
  return value ?? (dash ? '-' : '');
}

function encoded(value: string): string {
  return value.replace(UNSAFE, (char) => `#${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
