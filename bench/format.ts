import type { Spread } from './measure/statistics.ts';

/** A row of a Markdown table. */
export function cells(texts: readonly string[]): string {
  return `| ${texts.join(' | ')} |`;
}

/** `median (min – max)`. */
export function withRange({ median, min, max }: Spread): string {
  return min === max ? plain(median) : `${plain(median)} (${plain(min)} – ${plain(max)})`;
}

/** Three significant digits, no exponents. */
export function plain(value: number): string {
  return value >= 1000
    ? Math.round(Number(value.toPrecision(3)))
        .toLocaleString('en')
        .replaceAll(',', ' ')
    : String(Number(value.toPrecision(3)));
}
