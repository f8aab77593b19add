import { contenders } from './contenders.ts';
import { goals } from './goals.ts';
import type { Goal } from './goals.ts';
import { METRICS } from './measure/sample.ts';
import { ratio as ratioBetween } from './measure/ratio.ts';
import type { Ratio } from './measure/ratio.ts';
import type { Result } from './results.ts';

/** A goal with its ratio over all rounds, and whether it is reached. */
export interface Judged {
  readonly goal: Goal;
  readonly ratio: Ratio | undefined;
  readonly verdict: 'aim' | 'floor' | 'missed' | 'measured' | 'not measured';
  /** The same ratio for other programs. */
  readonly others: readonly { readonly title: string; readonly ratio: Ratio }[];
}

export function judge(results: readonly Result[]): Judged[] {
  return goals.map((goal) => {
    const samples = results.find((result) => result.case === goal.case)?.samples;
    const of = ({ contender, load, row }: Goal['ours']): number[] =>
      (samples?.[row ?? contenders[contender].title]?.[load] ?? []).map(METRICS[goal.metric]);
    const ratioOf = (pair: Pick<Goal, 'ours' | 'theirs'>): Ratio | undefined =>
      ratioBetween(of(pair.ours), of(pair.theirs), goal.better);
    const ratio = ratioOf(goal);
    const others = (goal.others ?? []).flatMap((other) => {
      const found = ratioOf(other);
      return found === undefined ? [] : [{ title: other.title, ratio: found }];
    });
    return { goal, ratio, verdict: verdict(goal, ratio), others };
  });
}

function verdict({ floor, aim, better }: Goal, ratio: Ratio | undefined): Judged['verdict'] {
  if (ratio === undefined) return 'not measured';
  const reaches = (line: number): boolean => (better === 'lower' ? ratio.median <= line : ratio.median >= line);
  if (reaches(aim)) return 'aim';
  if (floor === undefined) return 'measured';
  return reaches(floor) ? 'floor' : 'missed';
}
