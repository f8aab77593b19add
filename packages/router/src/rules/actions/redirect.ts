import type { Action } from '../action.ts';
import { parseRedirect } from '../redirect.ts';

/** `http-request redirect`: like the `redirect` keyword, but evaluated in order with the other `http-request` rules; its values are formats. */
export const redirect: Action = {
  compile(keyword, words, context) {
    return parseRedirect(keyword, words, { problems: context.problems, formats: context });
  },
};
