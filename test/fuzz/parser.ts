import { disagreement } from './compare.ts';
import { mutant } from './mutate.ts';
import { Random } from './random.ts';
import { NodeReader, ours } from './readings.ts';

export interface Finding {
  readonly case: number;
  readonly bytes: string;
  readonly what: string;
}

export interface Outcome {
  readonly cases: number;
  readonly accepted: number;
  readonly findings: readonly Finding[];
}

/** Reads mutants both ways until `until` (performance.now milliseconds) or ten findings. */
export async function fuzzParser(seed: number, until: number): Promise<Outcome> {
  const random = new Random(seed);
  const node = new NodeReader();
  const findings: Finding[] = [];
  let cases = 0;
  let accepted = 0;
  while (performance.now() < until && findings.length < 10) {
    const text = mutant(random);
    const bytes = Buffer.from(text, 'latin1');
    const mine = ours(bytes);
    cases += 1;
    if (mine.requests.length === 0) continue;
    accepted += 1;
    const what = disagreement(mine, await node.read(bytes));
    if (what !== undefined) findings.push({ case: cases, bytes: text, what });
  }
  return { cases, accepted, findings };
}
