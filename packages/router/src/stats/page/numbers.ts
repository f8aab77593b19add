/** `1,234`, `1.23 M`. */
export function count(value: number): string {
  if (value < 1_000_000) return Math.round(value).toLocaleString('en-US');
  return scaled(value, 1000, ['', 'k', 'M', 'G', 'T']);
}

/** `812 B`, `1.2 kB`, `3.4 GB`. */
export function bytes(value: number): string {
  return value < 1000 ? `${Math.round(value)} B` : `${scaled(value, 1000, ['', 'k', 'M', 'G', 'T', 'P'])}B`;
}

function scaled(value: number, step: number, units: readonly string[]): string {
  let left = value;
  let unit = 0;
  while (left >= step && unit < units.length - 1) {
    left /= step;
    unit += 1;
  }
  return `${left < 10 ? left.toFixed(2) : left < 100 ? left.toFixed(1) : Math.round(left)} ${units[unit]}`;
}

/** `45s`, `3m 20s`, `5h 2m`, `12d 4h`. */
export function duration(ms: number): string {
  const parts = unitsOf(ms);
  const first = parts.findIndex(([value]) => value > 0);
  return textOf(parts.slice(first, first + 2), ' ');
}

/** `45s`, `3m20s`, `2h`, `2h5s`: the two greatest units that are not 0, as HAProxy prints ages. */
export function age(ms: number): string {
  const parts = unitsOf(ms).filter(([value]) => value > 0);
  return textOf(parts.slice(0, 2), '');
}

type Part = readonly [value: number, unit: string];

function unitsOf(ms: number): readonly Part[] {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
}

function textOf(parts: readonly Part[], between: string): string {
  const shown = parts.filter(([value]) => value > 0).map(([value, unit]) => `${value}${unit}`);
  return shown.join(between) || '0s';
}

/** `5 ms`, `2.5 s`, of a bound that was not exceeded: `> 30 s` beyond the last one. */
export function latencyText(ms: number, last: number): string {
  if (ms < 0) return '–';
  if (ms === Infinity) return `> ${last / 1000} s`;
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}
