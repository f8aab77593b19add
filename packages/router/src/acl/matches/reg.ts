import type { Match } from '../match.ts';
import { compilePcre } from '../pcre.ts';

/** A regular expression found anywhere in the sample. */
export const reg: Match = {
  takes: 'text',
  patterns: true,
  compile(patterns, report) {
    const expressions = patterns.flatMap(({ text, folded: flag, at }) => {
      const folded = flag || text.startsWith('(?i)');
      const expression = compilePcre(text.replace(/^\(\?i\)/, ''), folded);
      if (typeof expression !== 'string') return { expression, folded };
      report(at, `regular expression '${text}': ${expression}`);
      return [];
    });
    return (sample) => {
      for (const { expression, folded } of expressions)
        if (expression.test(folded ? sample.toLowerCase() : sample)) return true;
      return false;
    };
  },
};
