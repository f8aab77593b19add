import type { Action } from '../action.ts';
import { parseRedirect } from '../redirect.ts';

/** `http-request redirect`: as the `redirect` keyword, but in its place among the `http-request` rules. */
export const redirect: Action = {
  compile(keyword, words, problems) {
    const format = words.find((word) => /%[^%0-9A-Fa-f]/.test(word.text));
    if (format !== undefined) {
      problems.error(format.at, `not supported yet: log-format '${format.text}' in a redirect`);
      return undefined;
    }
    const compiled = parseRedirect(keyword, words, problems);
    if (compiled === undefined) return undefined;
    const { answer, reads, condition } = compiled;
    return {
      act: (on) => ({ kind: 'respond', answer: answer(on.request), state: 'L' }),
      reads,
      condition,
    };
  },
};
