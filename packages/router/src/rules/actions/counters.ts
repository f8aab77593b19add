import type { Word } from '@headgate/shared/config/raw';
import type { Tracked } from '../../tables/tracking.ts';
import type { Evaluation } from '../../model/evaluation.ts';
import { castOf } from '../../sample/cast.ts';
import { compileExpression, within } from '../../sample/expression.ts';
import type { Expression } from '../../sample/expression.ts';
import { tableKey } from '../../sample/table-key.ts';
import { increment } from '../../sample/table-values.ts';
import { typeNames } from '../../sample/value.ts';
import type { GeneralCounter } from '../../sample/table-values.ts';
import { conditionOf, goingOn, operands } from '../action.ts';
import type { Action, ActionContext } from '../action.ts';

/** Slots of a connection and of an exchange (HAProxy 2.6 has three). */
const SLOTS = 3;

/** `track-sc0 EXPRESSION [table NAME]`: counts the connection or the request for a key, unless the slot has one. */
function track(slot: number): Action {
  return {
    compile(keyword, words, context) {
      const [text] = operands(keyword, words, ['key'], context) ?? [];
      if (text === undefined) return undefined;
      const named = words[1]?.text === 'table';
      const table = named ? words[2] : undefined;
      if (named && table === undefined) {
        context.problems.error((words[1] ?? keyword).at, "'table' needs the name of a stick table");
        return undefined;
      }
      const expression = compileExpression(text, context);
      const condition = conditionOf(keyword, words.slice(named ? 3 : 1), context);
      if (expression === undefined || condition === undefined) return undefined;
      const { reading, reads, type } = expression;
      const name = table?.text ?? context.tables?.own ?? '';
      context.tables?.refer(name, table?.at ?? keyword.at, type);
      const act = goingOn((on) => {
        const { tracking } = on;
        const within = tracking?.tables.get(name);
        if (tracking === undefined || within === undefined) return;
        const value = reading.one(on);
        const key = value === undefined ? undefined : tableKey(within.spec, type, value);
        if (key !== undefined) tracking.track(slot, within, key);
      });
      return { act, reads: ['state', ...reads], condition };
    },
  };
}

/** The numbers in `sc-inc-gpc(1,0)`, as many as there are names; undefined after a problem. */
function numbersOf(
  keyword: Word,
  names: readonly string[],
  { problems }: ActionContext,
): readonly number[] | undefined {
  const [, action = '', list] = /^([a-z0-9-]+)(?:\(([^()]*)\)$)?/.exec(keyword.text) ?? [];
  const texts = list?.split(',') ?? [];
  if (texts.length !== names.length) {
    problems.error(
      keyword.at,
      `'${action}' needs ${names.join(' and ')} in parentheses: ${action}(${names.map(() => 0).join(',')})`,
    );
    return undefined;
  }
  const wrong = texts.findIndex((text) => !/^\d{1,2}$/.test(text));
  if (wrong >= 0) {
    const at = within(keyword, keyword.text.indexOf('(') + 1);
    problems.error(at, `'${texts[wrong]}' is not ${names[wrong]}: a number below 100`);
    return undefined;
  }
  const numbers = texts.map(Number);
  const slot = numbers.at(-1) ?? 0;
  if (slot < SLOTS) return numbers;
  problems.error(keyword.at, `there is no slot ${slot}: keys are tracked in 0 to ${SLOTS - 1}`);
  return undefined;
}

/** The names of the numbers of an action: an index for an array, and the slot. */
function namesFor(array: boolean): readonly string[] {
  return array ? ['the index', 'the slot'] : ['the slot'];
}

type Change = (tracked: Tracked, index: number) => void;

function changing(on: Evaluation, slot: number, index: number, change: Change): void {
  const tracked = on.tracking?.tracked(slot);
  if (tracked !== undefined) change(tracked, index);
}

/** `sc-inc-gpc0(SLOT)`, `sc-inc-gpc(INDEX,SLOT)`: increments a general counter of what is tracked. */
function incrementing(name: GeneralCounter): Action {
  return {
    parentheses: true,
    compile(keyword, words, context) {
      const numbers = numbersOf(keyword, namesFor(name === 'gpc'), context);
      const condition = conditionOf(keyword, words, context);
      if (numbers === undefined || condition === undefined) return undefined;
      const slot = numbers.at(-1) ?? 0;
      const index = name === 'gpc' ? (numbers[0] ?? 0) : 0;
      const act = goingOn((on) =>
        changing(on, slot, index, ({ table, entry }) => increment(table, entry, name, index)),
      );
      return { act, reads: ['state'], condition };
    },
  };
}

/** A number of the configuration, or an expression. */
function amountOf(
  word: Word,
  context: ActionContext,
): (Pick<Expression, 'reads'> & { value(on: Evaluation): number | undefined }) | undefined {
  if (/^\d{1,10}$/.test(word.text)) {
    const fixed = Number(word.text) % 2 ** 32;
    return { reads: [], value: () => fixed };
  }
  const expression = compileExpression(word, context);
  if (expression === undefined) return undefined;
  const { reading, reads, type } = expression;
  const cast = castOf(type, 'sint');
  if (cast === undefined) {
    context.problems.error(word.at, `'${word.text}' is of type ${typeNames[type]}, which is no integer`);
    return undefined;
  }
  return {
    reads,
    value(on) {
      const found = reading.one(on);
      const value = found === undefined ? undefined : cast(found);
      return typeof value === 'number' || typeof value === 'bigint'
        ? Number(BigInt.asUintN(32, BigInt(value)))
        : undefined;
    },
  };
}

/** `NAME(INDEX,SLOT) VALUE`, or without an index. */
function valued(array: boolean, apply: (tracked: Tracked, index: number, value: number) => void): Action {
  return {
    parentheses: true,
    compile(keyword, words, context) {
      const numbers = numbersOf(keyword, namesFor(array), context);
      const [word] = operands(keyword, words, ['integer or expression'], context) ?? [];
      if (numbers === undefined || word === undefined) return undefined;
      const amount = amountOf(word, context);
      const condition = conditionOf(keyword, words.slice(1), context);
      if (amount === undefined || condition === undefined) return undefined;
      const slot = numbers.at(-1) ?? 0;
      const index = array ? (numbers[0] ?? 0) : 0;
      const act = goingOn((on) =>
        changing(on, slot, index, (tracked) => {
          const value = amount.value(on);
          if (value !== undefined) apply(tracked, index, value);
        }),
      );
      return { act, reads: ['state', ...amount.reads], condition };
    },
  };
}

function tagging(array: boolean): Action {
  return valued(array, ({ table, entry }, index, value) => {
    // As fetches read it: `gpt0`, else the first of the array.
    if (!array && table.stores('gpt0')) table.set(entry, 'gpt0', value);
    else table.set(entry, 'gpt', value, index);
    if (table.stores('gpt0') || table.stores('gpt')) table.touch(entry);
  });
}

/** What follows a tracked key, in every phase. */
export const counting: Readonly<Record<string, Action>> = {
  'sc-inc-gpc': incrementing('gpc'),
  'sc-inc-gpc0': incrementing('gpc0'),
  'sc-inc-gpc1': incrementing('gpc1'),
  'sc-add-gpc': valued(true, ({ table, entry }, index, value) => increment(table, entry, 'gpc', index, value)),
  'sc-set-gpt': tagging(true),
  'sc-set-gpt0': tagging(false),
};

/** `track-sc0`, `track-sc1` and `track-sc2`. */
export const tracking: Readonly<Record<string, Action>> = Object.fromEntries(
  Array.from({ length: SLOTS }, (_, slot) => [`track-sc${slot}`, track(slot)]),
);
