import { conditionOf, editing, operands } from '../action.ts';
import type { Action } from '../action.ts';

/** `strict-mode on|off`: whether an impossible change by a later rule is answered 500 (on, the default) or ignored. */
export const strictMode: Action = {
  compile(keyword, words, context) {
    const [word] = operands(keyword, words, ['on or off'], context) ?? [];
    if (word === undefined) return undefined;
    const mode = word.text.toLowerCase();
    if (mode !== 'on' && mode !== 'off') {
      context.problems.error(word.at, `'strict-mode' is 'on' or 'off', not '${word.text}'`);
      return undefined;
    }
    const condition = conditionOf(keyword, words.slice(1), context);
    if (condition === undefined) return undefined;
    const lenient = mode === 'off';
    const act = editing(context.phase, (edits) => {
      edits.lenient = lenient;
      return true;
    });
    return { act, reads: [], condition };
  },
};
