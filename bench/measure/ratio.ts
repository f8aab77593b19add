import { spread } from './statistics.ts';
import type { Spread } from './statistics.ts';

/** One row's figures over another's. The range is that of the per-round ratios. */
export interface Ratio extends Spread {
  /** Best figure over best figure: least ÷ least, or most ÷ most where more is better. */
  readonly best: number;
}

/** Figures at the same index belong to the same round. Undefined where there is nothing to compare. */
export function ratio(
  ours: readonly number[],
  theirs: readonly number[],
  better: 'lower' | 'higher',
): Ratio | undefined {
  const paired = spread(ours.flatMap((value, round) => (round in theirs ? [value / (theirs[round] ?? 1)] : [])));
  const [mine, other] = [spread(ours), spread(theirs)];
  if (paired === undefined || mine === undefined || other === undefined) return undefined;
  return { ...paired, best: better === 'lower' ? mine.min / other.min : mine.max / other.max };
}
