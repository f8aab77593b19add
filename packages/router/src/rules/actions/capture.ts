import type { Word } from '@headgate/shared/config/raw';
import { compileExpression, textValue } from '../../sample/expression.ts';
import { phases } from '../../sample/phase.ts';
import { conditionOf, goingOn, operands } from '../action.ts';
import type { Action, ActionContext } from '../action.ts';

/** `capture EXPRESSION len N|id N`: into a slot of its own, or into one that was declared. */
export const capture: Action = {
  compile(keyword, words, context) {
    const [text, how, number] = operands(keyword, words, ['expression', 'len|id', 'number'], context) ?? [];
    if (text === undefined || how === undefined || number === undefined) return undefined;
    const expression = compileExpression(text, context);
    const condition = conditionOf(keyword, words.slice(3), context);
    const slot = slotOf(how, number, context);
    if (expression === undefined || condition === undefined || slot === undefined) return undefined;
    const side = sideOf(context);
    const value = textValue(expression);
    const act = goingOn((on) => {
      const { captures } = on;
      const found = captures?.slots[side][slot];
      const captured = found === undefined ? undefined : value(on);
      if (captures !== undefined && found !== undefined && captured !== undefined)
        captures[side][slot] = captured.slice(0, found.length);
    });
    return { act, reads: ['captures', ...expression.reads], condition };
  },
};

/** `tcp-request content capture EXPRESSION len N`: HAProxy lets it declare a slot, and name none. */
export const contentCapture: Action = {
  compile(keyword, words, context) {
    const [, how] = words;
    if (context.captures === undefined)
      context.problems.error(
        keyword.at,
        "'tcp-request content capture' is not allowed in 'backend'; it belongs in frontend, listen",
      );
    else if (how?.text === 'id')
      context.problems.error(how.at, "in 'tcp-request content' a capture has a slot of its own: write 'len N'");
    else return capture.compile(keyword, words, context);
    return undefined;
  },
};

/** The index of the slot; a new one for `len`, which only a frontend has a place for. */
function slotOf(how: Word, number: Word, context: ActionContext): number | undefined {
  const { captures, problems } = context;
  const side = sideOf(context);
  const value = /^\d{1,5}$/.test(number.text) ? Number(number.text) : -1;
  const slots = captures?.[side];
  if (how.text === 'id') {
    if (value < 0) problems.error(number.at, `'${number.text}' is not the number of a capture slot`);
    else {
      // A slot may be declared further down, and the frontend of a backend's request is not known yet.
      captures?.wanted.push({ side, slot: value, at: number.at });
      return value;
    }
  } else if (how.text !== 'len') problems.error(how.at, `'capture' needs 'len' or 'id' here, not '${how.text}'`);
  else if (side === 'response')
    problems.error(how.at, "in a response 'capture' needs 'id': 'declare capture response' makes a slot");
  else if (slots === undefined)
    problems.error(how.at, "a backend has no capture slots: use 'id' with a slot of its frontends");
  else if (value < 1) problems.error(number.at, `'${number.text}' is not a length from 1 to 65535`);
  else return slots.push({ header: undefined, length: value }) - 1;
  return undefined;
}

function sideOf({ phase }: ActionContext): 'request' | 'response' {
  return phase === phases.response || phase === phases.streamResponse ? 'response' : 'request';
}
