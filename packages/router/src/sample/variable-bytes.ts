import type { Evaluation } from '../model/evaluation.ts';
import { castOf } from './cast.ts';

/** A variable's value as bytes, undefined when it is not set. */
export function variableBytes(name: string, on: Evaluation): Buffer | undefined {
  const held = on.variables?.get(name);
  const text = held === undefined ? undefined : castOf(held.type, 'bin')?.(held.value);
  return typeof text === 'string' ? Buffer.from(text, 'latin1') : undefined;
}

/** What an argument holds in base64, or a variable of that name does; undefined while the variable is not set. */
export function base64Argument(text: string): (on: Evaluation) => Buffer | undefined {
  const constant = text.includes('.') ? undefined : Buffer.from(text, 'base64');
  return constant === undefined
    ? (on) => {
        const held = variableBytes(text, on);
        return held && Buffer.from(held.toString('latin1'), 'base64');
      }
    : () => constant;
}
