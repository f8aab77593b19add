import { METRICS } from './measure/sample.ts';
import type { Row, Samples } from './measure/sample.ts';
import { ratio } from './measure/ratio.ts';
import type { Ratio } from './measure/ratio.ts';

/** Cost relative to the row's peer, by row and load. */
export type Ratios = Readonly<Record<string, Readonly<Record<string, Ratio & { readonly peer: string }>>>>;

/** The cost of each row relative to its peer. Rows without a measured peer are omitted. */
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
