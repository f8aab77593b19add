import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Typed } from '../../model/values.ts';
import type { Evaluation } from '../../model/evaluation.ts';
import { VARIABLE } from '../../sample/arguments.ts';
import { CONDITIONS, conditionsOf, type VariableCondition } from '../../sample/variable-conditions.ts';
import { compileExpression, within } from '../../sample/expression.ts';
import { compileFormat } from '../../sample/format.ts';
import { typed } from '../../sample/value.ts';
import { conditionOf, goingOn, operands } from '../action.ts';
import type { Action, ActionContext } from '../action.ts';

interface Target {
  readonly name: string;
  readonly allows: VariableCondition;
}

/** The variable in `set-var(txn.a,ifnotexists)`; undefined after a problem. */
function targetOf(keyword: Word, { problems }: ActionContext): Target | undefined {
  const open = keyword.text.indexOf('(');
  const [, list] = /^[a-z-]+\(([^()]*)\)$/.exec(keyword.text) ?? [];
  const action = open < 0 ? keyword.text : keyword.text.slice(0, open);
  if (list === undefined) {
    problems.error(keyword.at, `'${action}' needs a variable in parentheses: ${action}(txn.NAME)`);
    return undefined;
  }
  const [name = '', ...conditions] = list.split(',');
  if (!VARIABLE.test(name)) {
    problems.error(
      within(keyword, open + 1),
      `'${name}' is not a variable: proc.NAME, sess.NAME, txn.NAME, req.NAME or res.NAME`,
    );
    return undefined;
  }
  const known = Object.keys(CONDITIONS);
  const unknown = conditions.find((one) => !Object.hasOwn(CONDITIONS, one));
  if (unknown !== undefined) {
    const at = within(keyword, keyword.text.indexOf(`,${unknown}`) + 1);
    problems.error(
      at,
      `unknown condition '${unknown}' of a variable: one of ${known.join(', ')}`,
      nearest(unknown, known),
    );
    return undefined;
  }
  return { name, allows: conditionsOf(name, conditions) };
}

function assign({ name, allows }: Target, value: Typed, { variables }: Evaluation): void {
  if (variables !== undefined && allows(variables.get(name), value)) variables.set(name, value);
}

/** `set-var(NAME) EXPRESSION`: an expression without a value leaves the variable unchanged. */
export const setVar: Action = {
  parentheses: true,
  compile(keyword, words, context) {
    const target = targetOf(keyword, context);
    const [text] = operands(keyword, words, ['expression'], context) ?? [];
    if (target === undefined || text === undefined) return undefined;
    const expression = compileExpression(text, context);
    const condition = conditionOf(keyword, words.slice(1), context);
    if (expression === undefined || condition === undefined) return undefined;
    const { reading, type } = expression;
    const act = goingOn((on) => {
      const value = reading.one(on);
      if (value === undefined) return;
      assign(target, typeof value === 'object' ? value : typed(type === 'any' ? 'str' : type, value), on);
    });
    return { act, reads: ['variables', ...expression.reads], condition };
  },
};

/** `set-var-fmt(NAME) FMT`: sets the variable to a string. */
export const setVarFmt: Action = {
  parentheses: true,
  compile(keyword, words, context) {
    const target = targetOf(keyword, context);
    const [text] = operands(keyword, words, ['format'], context) ?? [];
    if (target === undefined || text === undefined) return undefined;
    const format = compileFormat(text, context);
    const condition = conditionOf(keyword, words.slice(1), context);
    if (format === undefined || condition === undefined) return undefined;
    const act = goingOn((on) => assign(target, typed('str', format.render(on)), on));
    return { act, reads: ['variables', ...format.reads], condition };
  },
};

/** `unset-var(NAME)`. */
export const unsetVar: Action = {
  parentheses: true,
  compile(keyword, words, context) {
    const target = targetOf(keyword, context);
    const condition = conditionOf(keyword, words, context);
    if (target === undefined || condition === undefined) return undefined;
    return { act: goingOn((on) => on.variables?.unset(target.name)), reads: ['variables'], condition };
  },
};

/** `set-var`, `set-var-fmt` and `unset-var` outside of rules (`tcp-check set-var(…) …`), where there is no condition; undefined after a problem. */
export function compileVariableAction(
  keyword: Word,
  words: readonly Word[],
  context: ActionContext,
): ((on: Evaluation) => void) | undefined {
  const action = keyword.text.startsWith('unset-var')
    ? unsetVar
    : keyword.text.startsWith('set-var-fmt')
      ? setVarFmt
      : setVar;
  const compiled = action.compile(keyword, words, context);
  const [extra] = compiled?.condition ?? [];
  if (extra !== undefined) context.problems.error(extra.at, `unexpected '${extra.text}' after '${keyword.text}'`);
  return compiled && ((on) => void compiled.act(on));
}
