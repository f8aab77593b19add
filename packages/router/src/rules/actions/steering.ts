import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Evaluation } from '../../model/evaluation.ts';
import { castOf } from '../../sample/cast.ts';
import { compileExpression } from '../../sample/expression.ts';
import type { Expression } from '../../sample/expression.ts';
import { compileFormat } from '../../sample/format.ts';
import { typeNames } from '../../sample/value.ts';
import { conditionOf, durationIn, goingOn, operands } from '../action.ts';
import type { Action, ActionContext } from '../action.ts';
import { checkHeaderName } from '../header-name.ts';

const TIMEOUTS = ['server', 'tunnel'];

/** The longest timeout, in milliseconds: what a timer of Node.js can wait. */
const LONGEST = 2 ** 31 - 1;

/** `set-timeout server|tunnel TIME|EXPRESSION`: for this request, instead of the backend's. An expression gives milliseconds; no value changes nothing. */
const setTimeout: Action = {
  compile(keyword, words, context) {
    const [which, text] = operands(keyword, words, ['server|tunnel', 'time or expression'], context) ?? [];
    if (which === undefined || text === undefined) return undefined;
    const { problems } = context;
    if (context.hasServers === false) {
      problems.error(keyword.at, `'${keyword.text}' belongs in a backend: a frontend has no servers to wait for`);
      return undefined;
    }
    if (!TIMEOUTS.includes(which.text)) {
      problems.error(which.at, `'${keyword.text}' is for 'server' or 'tunnel'`, nearest(which.text, TIMEOUTS));
      return undefined;
    }
    const condition = conditionOf(keyword, words.slice(2), context);
    const time = timeOf(text, context);
    if (condition === undefined || time === undefined) return undefined;
    const field = which.text === 'server' ? 'serverTimeout' : 'tunnelTimeout';
    const act = goingOn((on) => {
      const value = time.value(on);
      if (value !== undefined && value > 0 && on.steering !== undefined) on.steering[field] = Math.min(value, LONGEST);
    });
    return { act, reads: ['state', ...time.reads], condition };
  },
};

interface Amount extends Pick<Expression, 'reads'> {
  value(on: Evaluation): number | undefined;
}

function timeOf(word: Word, context: ActionContext): Amount | undefined {
  if (!/^\d/.test(word.text)) return integerOf(word, context);
  const parsed = durationIn(word, context.problems);
  if ('error' in parsed) context.problems.error(word.at, parsed.error);
  else if (parsed.value === 0) context.problems.error(word.at, 'a timeout of 0 is none: give it a duration');
  else return { reads: [], value: () => parsed.value };
  return undefined;
}

function integerOf(word: Word, context: ActionContext): Amount | undefined {
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
      return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
    },
  };
}

/** `set-priority-class EXPRESSION` and `set-priority-offset EXPRESSION`: the place of the request where it has to wait for a server. */
function priority(field: 'priorityClass' | 'priorityOffset', most: number): Action {
  return {
    compile(keyword, words, context) {
      const [text] = operands(keyword, words, ['expression'], context) ?? [];
      const amount = text === undefined ? undefined : integerOf(text, context);
      const condition = conditionOf(keyword, words.slice(1), context);
      if (amount === undefined || condition === undefined) return undefined;
      const act = goingOn((on) => {
        const value = amount.value(on);
        if (value !== undefined && on.steering !== undefined)
          on.steering[field] = Math.max(-most, Math.min(most, value));
      });
      return { act, reads: ['state', ...amount.reads], condition };
    },
  };
}

/** `disable-l7-retry`: whatever `retry-on` says, only failed connections are tried again. */
const disableRetries: Action = {
  compile(keyword, words, context) {
    const condition = conditionOf(keyword, words, context);
    if (condition === undefined) return undefined;
    const act = goingOn((on) => {
      if (on.steering !== undefined) on.steering.connectRetriesOnly = true;
    });
    return { act, reads: ['state'], condition };
  },
};

/** `early-hint NAME FMT`: a 103 (RFC 8297) with this field goes to an HTTP/1.1 client before its response; rules in a row make one 103. */
const earlyHint: Action = {
  compile(keyword, words, context) {
    const [name, text] = operands(keyword, words, ['name', 'format'], context) ?? [];
    if (name === undefined || text === undefined || !checkHeaderName(name, context.problems)) return undefined;
    const format = compileFormat(text, context);
    const condition = conditionOf(keyword, words.slice(2), context);
    if (format === undefined || condition === undefined) return undefined;
    const begins = condition.length > 0;
    const act = goingOn((on) => {
      const value = format.render(on);
      const hints = on.steering?.hints;
      // A line end would begin another field.
      if (hints === undefined || /[^\t\x20-\x7e\x80-\xff]/.test(value)) return;
      // As in HAProxy a rule with a condition begins a 103 of its own.
      const last = begins ? undefined : hints.at(-1);
      if (last !== undefined) last.push([name.text, value]);
      else hints.push([[name.text, value]]);
    });
    return { act, reads: ['state', ...format.reads], condition };
  },
};

/** Rules on the way of a request after them, in `tcp-request content` too. */
export const priorities: Readonly<Record<string, Action>> = {
  'set-priority-class': priority('priorityClass', 2047),
  'set-priority-offset': priority('priorityOffset', 524_287),
};

/** The same, of `http-request`. */
export const steering: Readonly<Record<string, Action>> = {
  ...priorities,
  'set-timeout': setTimeout,
  'disable-l7-retry': disableRetries,
  'early-hint': earlyHint,
};
