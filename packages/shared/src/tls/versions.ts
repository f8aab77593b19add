/** Which TLS versions are spoken: HAProxy's `ssl-min-ver`, `ssl-max-ver`, `no-tlsv1x` and `force-tlsv1x`, of binds and of servers. Pure. */
import type { TlsVersion } from '../net/link.ts';

/** Oldest first, by HAProxy's names. */
export const VERSIONS = ['SSLv3', 'TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
export type Version = (typeof VERSIONS)[number];

export interface VersionWords {
  readonly min?: Version;
  readonly max?: Version;
  /** `no-tlsv10` and so on. */
  readonly without?: readonly Version[];
}

export interface VersionRange {
  readonly min: Version;
  readonly max: Version;
  /** Between the two, and not spoken. */
  readonly holes: readonly Version[];
}

/** What a line says goes before the defaults of all lines (`ssl-default-bind-options`); versions that either excludes are out. */
export function combined(own: VersionWords, defaults: VersionWords): VersionWords {
  const min = own.min ?? defaults.min;
  const max = own.max ?? defaults.max;
  return {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    without: [...new Set([...(own.without ?? []), ...(defaults.without ?? [])])],
  };
}

/** Whether words that exclude versions are ignored: HAProxy does so where there is a minimum or a maximum. */
export function ignoresExclusions({ min, max, without = [] }: VersionWords): boolean {
  return without.length > 0 && (min !== undefined || max !== undefined);
}

/** As HAProxy works it out. `usual`: the oldest version where no minimum is given. Undefined when no version is left. */
export function rangeOf(words: VersionWords, usual: Version): VersionRange | undefined {
  const { min, max, without = [] } = words;
  const last = max === undefined ? VERSIONS.length - 1 : VERSIONS.indexOf(max);
  const first = min === undefined ? Math.min(VERSIONS.indexOf(usual), last) : VERSIONS.indexOf(min);
  const excluded = ignoresExclusions(words) ? [] : without;
  const spoken = VERSIONS.slice(first, last + 1).filter((version) => !excluded.includes(version));
  const [oldest] = spoken;
  const newest = spoken.at(-1);
  if (oldest === undefined || newest === undefined) return undefined;
  const between = VERSIONS.slice(VERSIONS.indexOf(oldest), VERSIONS.indexOf(newest));
  return { min: oldest, max: newest, holes: between.filter((version) => excluded.includes(version)) };
}

/** Node's name for it. OpenSSL has no SSLv3 any more: as the oldest version it means all that are left. */
export function nodeName(version: Version): TlsVersion {
  return version === 'SSLv3' || version === 'TLSv1.0' ? 'TLSv1' : version;
}
