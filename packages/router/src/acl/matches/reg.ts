import { compilePcre } from '../pcre.ts';
import type { Match } from '../match.ts';

/** A regular expression found anywhere in the sample. */
export const reg: Match = {
  takes: 'text',
  patterns: true,
  compile(patterns, report) {
    const expressions = patterns.flatMap(({ text, folded, at }) => {
      const expression = compilePcre(text, folded);
      if (typeof expression !== 'string') return expression;
      report(at, `regular expression '${text}': ${expression}`);
      return [];
    });
    return (sample) => {
      for (const expression of expressions) if (expression.test(sample)) return true;
      return false;
    };
  },
};
