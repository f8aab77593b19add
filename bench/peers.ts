import { METRICS } from './measure/sample.ts';
import type { Row, Samples } from './measure/sample.ts';
import { ratio } from './measure/ratio.ts';
import type { Ratio } from './measure/ratio.ts';

/** Row, then load: cost over that of the row's peer. */
export type Ratios = Readonly<Record<string, Readonly<Record<string, Ratio & { readonly peer: string }>>>>;

/** What each row costs over what its peer costs. Rows without one, or whose peer was not measured, are left out. */
export function ratiosOf(rows: readonly Row[], samples: Samples): Ratios {
  const all: Record<string, Record<string, Ratio & { peer: string }>> = {};
  for (const { name, peer } of rows) {
    if (peer === undefined) continue;
    for (const [load, ours] of Object.entries(samples[name] ?? {})) {
      const theirs = samples[peer]?.[load] ?? [];
      const found = ratio(ours.map(METRICS.cost), theirs.map(METRICS.cost), 'lower');
      if (found !== undefined) (all[name] ??= {})[load] = { peer, ...found };
    }
  }
  return all;
}
