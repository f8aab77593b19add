import type { Typed } from '../model/values.ts';
import { textOf } from './value.ts';

/** Whether to set a variable, given the value it holds and the new one. */
export type VariableCondition = (held: Typed | undefined, value: Typed) => boolean;

/** `set-var(NAME[,COND…])`, action and converter: whether to set the variable. */
export const CONDITIONS: Readonly<Record<string, VariableCondition>> = {
  ifexists: (held) => held !== undefined,
  ifnotexists: (held) => held === undefined,
  ifset: (held) => held !== undefined,
  ifnotset: (held) => held === undefined,
  ifempty: (_held, value) => textOf(value) === '',
  ifnotempty: (_held, value) => textOf(value) !== '',
  ifgt: (held, value) => !areIntegers(held, value) || held.value > value.value,
  iflt: (held, value) => !areIntegers(held, value) || held.value < value.value,
};

/** As in HAProxy a variable of the process exists from the start, whether or not it is set. */
const OF_PROCESS: typeof CONDITIONS = { ...CONDITIONS, ifexists: () => true, ifnotexists: () => false };

/** One condition of all that are written for the variable. */
export function conditionsOf(variable: string, names: readonly string[]): VariableCondition {
  const known = variable.startsWith('proc.') ? OF_PROCESS : CONDITIONS;
  const all = names.map((name) => known[name]).filter((condition) => condition !== undefined);
  return (held, value) => all.every((condition) => condition(held, value));
}

/** As in HAProxy only an integer is compared with what the variable holds, and only with another; anything else is set. */
function areIntegers(held: Typed | undefined, value: Typed): held is Typed {
  return held?.type === 'sint' && value.type === 'sint';
}
