import { nearest } from '@headgate/shared/config/suggest';
import { severities } from '@headgate/shared/log/severity';
import { conditionOf, goingOn, operands } from '../action.ts';
import type { Action } from '../action.ts';

/** `set-log-level emerg|…|debug|silent`: the severity of the log line; silent: there is none. */
export const setLogLevel: Action = {
  compile(keyword, words, context) {
    const [word] = operands(keyword, words, ['level'], context) ?? [];
    const condition = conditionOf(keyword, words.slice(1), context);
    if (word === undefined || condition === undefined) return undefined;
    const levels = [...severities, 'silent'] as const;
    const level = levels.find((one) => one === word.text);
    if (level === undefined) {
      context.problems.error(
        word.at,
        `unknown level '${word.text}': one of ${levels.join(', ')}`,
        nearest(word.text, levels),
      );
      return undefined;
    }
    return { act: goingOn((on) => (on.logLevel = level)), reads: [], condition };
  },
};
