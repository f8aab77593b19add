import type { Action } from '../action.ts';
import { parseRedirect } from '../redirect.ts';

/** `http-request redirect`: like the `redirect` keyword, but evaluated in order with the other `http-request` rules; its values are formats. */
export const redirect: Action = {
  compile(keyword, words, context) {
    const compiled = parseRedirect(keyword, words, { problems: context.problems, formats: context });
    if (compiled === undefined) return undefined;
    const { answer, reads, condition } = compiled;
    return { act: (on) => ({ kind: 'respond', answer: answer(on), state: 'L' }), reads, condition };
  },
};
