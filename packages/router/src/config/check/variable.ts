import type { Cursor } from '@headgate/shared/config/cursor';
import { compileVariableAction } from '../../rules/actions/variables.ts';
import type { ExpressionContext } from '../../sample/expression.ts';
import { phases } from '../../sample/phase.ts';
import type { CheckLine } from '../draft.ts';

/** `set-var(NAME) EXPRESSION`, `set-var-fmt(NAME) FORMAT` or `unset-var(NAME)`; undefined when the line is none of them. */
export function readVariableStep(cursor: Cursor, context: ExpressionContext): CheckLine | 'invalid' | undefined {
  const keyword = cursor.peek();
  if (keyword === undefined || !/^(?:set-var|set-var-fmt|unset-var)(?:\(|$)/.test(keyword.text)) return undefined;
  cursor.next();
  const act = compileVariableAction(keyword, cursor.rest(), { ...context, phase: phases.check });
  return act === undefined ? 'invalid' : { step: { kind: 'run', run: act }, comment: undefined };
}
