import type { Test } from './fetch.ts';
import { isOperator, parseRange } from './integer.ts';
import type { Pattern, Report } from './match.ts';

/** Compiles `[eq|ge|gt|le|lt] N|N:M ...`: an operator holds for every value after it until the next; any of them suffices. */
export function rangeTest(patterns: readonly Pattern[], report: Report): Test<number> {
  let operator = 'eq';
  const ranges = patterns.flatMap(({ text, at }) => {
    if (isOperator(text)) {
      operator = text;
      return [];
    }
    const range = parseRange(text, operator);
    if (range === undefined)
      report(
        at,
        `'${text}' is not an integer${operator === 'eq' ? ' or a range LOW:HIGH' : ` to go with '${operator}'`}`,
      );
    return range ?? [];
  });
  return (sample) => {
    for (const { low, high } of ranges) if (sample >= low && sample <= high) return true;
    return false;
  };
}
