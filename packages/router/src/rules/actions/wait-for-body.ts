import type { Word } from '@headgate/shared/config/raw';
import { parseSize } from '@headgate/shared/config/units';
import type { Parsed } from '@headgate/shared/config/units';
import type { BodyWait } from '../../model/evaluation.ts';
import { phases } from '../../sample/phase.ts';
import { conditionOf, durationIn, goingOn } from '../action.ts';
import type { Action, ActionContext } from '../action.ts';

/** The largest number of bytes that HAProxy reads. */
const LARGEST = 2 ** 32 - 1;

/** What each word of the action has after it. */
const WORDS: Readonly<Record<string, (word: Word, problems: ActionContext['problems']) => Parsed>> = {
  time: durationIn,
  'at-least': ({ text }) => {
    const size = parseSize(text);
    return 'value' in size && size.value > LARGEST ? { error: `'${text}' is too large: the most is ${LARGEST}` } : size;
  },
};

/**
 * `wait-for-body time T [at-least N]`: holds the message until its body is complete, N bytes of it are here, or the buffer is full. A
 * client that takes longer than T is answered 408, for a server that does its client is answered 504.
 */
export const waitForBody: Action = {
  compile(keyword, words, context) {
    const given = readWords(keyword, words, context);
    const condition = given && conditionOf(keyword, words.slice(given.used), context);
    if (given === undefined || condition === undefined) return undefined;
    const side = context.phase === phases.response ? 'response' : 'request';
    const { wait } = given;
    const act = goingOn((on) => on.awaitBody?.(side, wait));
    return { act, reads: [side === 'request' ? 'body' : 'response-body'], condition };
  },
};

function readWords(
  keyword: Word,
  words: readonly Word[],
  { problems }: ActionContext,
): { readonly wait: BodyWait; readonly used: number } | undefined {
  const values: Record<string, number> = {};
  let used = 0;
  for (let word = words[used]; word !== undefined; word = words[used]) {
    const parse = Object.hasOwn(WORDS, word.text) ? WORDS[word.text] : undefined;
    if (parse === undefined) break;
    const value = words[used + 1];
    const parsed = value === undefined ? { error: `'${word.text}' needs a value` } : parse(value, problems);
    if ('error' in parsed) {
      problems.error((value ?? word).at, parsed.error);
      return undefined;
    }
    values[word.text] = parsed.value;
    used += 2;
  }
  const { time, 'at-least': atLeast = 0 } = values;
  if (time !== undefined) return { wait: { time, atLeast }, used };
  problems.error((words[used] ?? keyword).at, `'${keyword.text}' needs 'time' and a duration, for example: time 1s`);
  return undefined;
}
