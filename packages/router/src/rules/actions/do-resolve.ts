import { isIP } from 'node:net';
import { nearest } from '@headgate/shared/config/suggest';
import type { Word } from '@headgate/shared/config/raw';
import { VARIABLE } from '../../sample/arguments.ts';
import { compileExpression, within } from '../../sample/expression.ts';
import { textOf, typed } from '../../sample/value.ts';
import { conditionOf, goingOn, operands } from '../action.ts';
import type { Action, ActionContext } from '../action.ts';

interface Target {
  readonly variable: string;
  readonly resolvers: string;
  readonly prefer: 4 | 6;
}

/** `do-resolve(txn.ip,RESOLVERS[,ipv4|ipv6])`; undefined after a problem. */
function targetOf(keyword: Word, { problems, names }: ActionContext): Target | undefined {
  const [, list] = /^do-resolve\(([^()]*)\)$/.exec(keyword.text) ?? [];
  const [variable = '', resolvers = '', family = 'ipv6', ...more] = list?.split(',') ?? [];
  if (list === undefined || more.length > 0 || resolvers === '') {
    problems.error(
      keyword.at,
      "'do-resolve' needs a variable and a resolvers section: do-resolve(txn.ip,default,ipv4)",
    );
    return undefined;
  }
  const wrong = (part: string, message: string, near?: readonly string[]): undefined => {
    problems.error(within(keyword, keyword.text.indexOf(part)), message, near && nearest(part, near));
    return undefined;
  };
  if (!VARIABLE.test(variable)) return wrong(variable, `'${variable}' is not a variable: txn.NAME or req.NAME`);
  const known = names?.resolvers ?? [resolvers];
  if (!known.includes(resolvers)) return wrong(resolvers, `there is no resolvers section '${resolvers}'`, known);
  if (family !== 'ipv4' && family !== 'ipv6') return wrong(family, `'${family}' is neither ipv4 nor ipv6`);
  return { variable, resolvers, prefer: family === 'ipv4' ? 4 : 6 };
}

/** `do-resolve(VARIABLE,RESOLVERS[,ipv4|ipv6]) EXPRESSION`: the request waits until the name has an address, or has none. */
export const doResolve: Action = {
  parentheses: true,
  compile(keyword, words, context) {
    const target = targetOf(keyword, context);
    const [text] = operands(keyword, words, ['expression'], context) ?? [];
    if (target === undefined || text === undefined) return undefined;
    const expression = compileExpression(text, context);
    const condition = conditionOf(keyword, words.slice(1), context);
    if (expression === undefined || condition === undefined) return undefined;
    const { reading, reads } = expression;
    const { variable, resolvers, prefer } = target;
    const act = goingOn((on) => {
      const name = reading.one(on);
      if (name === undefined) return;
      const text = textOf(name);
      const address = isIP(text) === 0 ? on.lookups?.address(resolvers, text, prefer) : text;
      if (address !== undefined) on.variables?.set(variable, typed('addr', address));
    });
    return { act, reads: ['variables', ...reads], condition };
  },
};
