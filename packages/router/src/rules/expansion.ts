import type { Evaluation } from '../model/evaluation.ts';
import type { Format } from '../sample/format.ts';
import { compileReplacement, type Expand } from '../sample/regex.ts';

/** What a format becomes for a match, `\1` being what the first group captured. A format that is the same for all requests is read once. */
export function expansionOf({ constant, render }: Format): (on: Evaluation) => Expand {
  if (constant === undefined) return (on) => compileReplacement(render(on));
  const expand = compileReplacement(constant);
  return () => expand;
}
