import type { Evaluation } from '../model/evaluation.ts';
import { castOf } from './cast.ts';

/** A variable's value as bytes, undefined when it is not set. */
export function variableBytes(name: string, on: Evaluation): Buffer | undefined {
  const held = on.variables?.get(name);
  const text = held === undefined ? undefined : castOf(held.type, 'bin')?.(held.value);
  return typeof text === 'string' ? Buffer.from(text, 'latin1') : undefined;
}
