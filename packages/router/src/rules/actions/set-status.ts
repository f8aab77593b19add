import { reasonOf } from '../../http/reasons.ts';
import { isBodiless } from '../../http/head-edits.ts';
import { conditionOf, editing, operands } from '../action.ts';
import type { Action } from '../action.ts';

/** `set-status N [reason TEXT]`. Statuses without a body affect framing: a rule cannot set or replace one. */
export const setStatus: Action = {
  compile(keyword, words, context) {
    const { problems } = context;
    const [word] = operands(keyword, words, ['status'], context) ?? [];
    if (word === undefined) return undefined;
    const status = /^[1-9]\d\d$/.test(word.text) ? Number(word.text) : 0;
    if (status === 0 || status > 599) problems.error(word.at, `'${word.text}' is not a status (200 to 599)`);
    else if (isBodiless(status))
      problems.error(
        word.at,
        `not supported: 'set-status ${word.text}'; its answers have no body, and this one may have`,
      );
    if (status === 0 || status > 599 || isBodiless(status)) return undefined;
    const given = words[1]?.text === 'reason';
    const text = given ? words[2] : undefined;
    if (given && (text === undefined || text.text === '')) {
      problems.error((words[1] ?? keyword).at, "'reason' needs a text");
      return undefined;
    }
    // oxlint-disable-next-line no-control-regex -- matching control characters is the purpose
    if (text !== undefined && !/^[\t\x20-\x7e]*$/.test(text.text)) {
      problems.error(text.at, 'a reason is ASCII without control characters');
      return undefined;
    }
    const condition = conditionOf(keyword, words.slice(given ? 3 : 1), context);
    if (condition === undefined) return undefined;
    const reason = text?.text ?? reasonOf(status);
    return { act: editing(context.phase, (edits) => edits.setStatus(status, reason)), reads: [], condition };
  },
};
