import { conditionOf } from '../action.ts';
import type { Action } from '../action.ts';

/**
 * `silent-drop`: HAProxy makes its kernel forget the connection without a word to the client. Node.js cannot: the connection ends with a
 * reset, as HAProxy's own does where it lacks the rights.
 */
export const silentDrop: Action = {
  compile(keyword, words, context) {
    let rest = words;
    if (words[0]?.text === 'rst-ttl') {
      if (words[1] === undefined || !/^\d{1,3}$/.test(words[1].text)) {
        context.problems.error(words[0].at, "'rst-ttl' needs a number from 1 to 255");
        return undefined;
      }
      rest = words.slice(2);
    }
    const condition = conditionOf(keyword, rest, context);
    if (condition === undefined) return undefined;
    context.problems.warning(
      keyword.at,
      "'silent-drop' closes the connection with a reset: the client notices, because Node.js cannot hide it",
    );
    return { act: () => ({ kind: 'reject', by: 'drop' }), reads: [], condition };
  },
};
