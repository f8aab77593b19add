import type { Word } from '@headgate/shared/config/raw';
import type { ProcessVariable } from '../model/process-wide.ts';
import { compileExpression } from './expression.ts';
import type { ExpressionContext } from './expression.ts';
import { compileFormat } from './format.ts';
import { phases } from './phase.ts';
import { typed } from './value.ts';

/** The value of a variable of the process, an expression or a format: there is no client when it is evaluated. */
export function processValue(
  word: Word,
  kind: 'expr' | 'fmt',
  given: Pick<ExpressionContext, 'problems' | 'readFile' | 'environment' | 'names'>,
): ProcessVariable['value'] | undefined {
  const context = { ...given, phase: phases.process };
  if (kind === 'fmt') {
    const format = compileFormat(word, context);
    return format && ((on) => typed('str', format.render(on)));
  }
  const expression = compileExpression(word, context);
  if (expression === undefined) return undefined;
  const { reading, type } = expression;
  return (on) => {
    const value = reading.one(on);
    if (value === undefined) return undefined;
    return typeof value === 'object' ? value : typed(type === 'any' ? 'str' : type, value);
  };
}
