/** Which TLS versions a bind speaks: HAProxy's `ssl-min-ver`, `ssl-max-ver`, `no-tlsv1x` and `force-tlsv1x`. Pure. */

/** Oldest first, by HAProxy's names. */
export const VERSIONS = ['SSLv3', 'TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
export type Version = (typeof VERSIONS)[number];

/** The oldest version where nothing is said (HAProxy since 2.2). */
const DEFAULT_MIN = VERSIONS.indexOf('TLSv1.2');

export interface VersionWords {
  min?: Version;
  max?: Version;
  /** `no-tlsv10` and so on. */
  readonly without: Set<Version>;
}

export interface VersionRange {
  readonly min: Version;
  readonly max: Version;
  /** Between the two, and not spoken. */
  readonly holes: readonly Version[];
}

/** What a bind says goes before `ssl-default-bind-options`; versions that either excludes are out. */
export function combined(own: VersionWords, defaults: VersionWords): VersionWords {
  const min = own.min ?? defaults.min;
  const max = own.max ?? defaults.max;
  return {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    without: new Set([...own.without, ...defaults.without]),
  };
}

/** As HAProxy works it out: with a minimum or a maximum the words that exclude are ignored. Undefined when no version is left. */
export function rangeOf({ min, max, without }: VersionWords): VersionRange | undefined {
  const last = max === undefined ? VERSIONS.length - 1 : VERSIONS.indexOf(max);
  const first = min === undefined ? Math.min(DEFAULT_MIN, last) : VERSIONS.indexOf(min);
  const excluded = min === undefined && max === undefined ? without : new Set<Version>();
  const spoken = VERSIONS.slice(first, last + 1).filter((version) => !excluded.has(version));
  const [oldest] = spoken;
  const newest = spoken.at(-1);
  if (oldest === undefined || newest === undefined) return undefined;
  const between = VERSIONS.slice(VERSIONS.indexOf(oldest), VERSIONS.indexOf(newest));
  return { min: oldest, max: newest, holes: between.filter((version) => excluded.has(version)) };
}

/** The terminator's name for it. SSLv3 is gone from OpenSSL: as the oldest version it stands for all that are left. */
export function ours(version: Version): string {
  return version === 'SSLv3' || version === 'TLSv1.0' ? 'TLSv1' : version;
}
