import type { Cursor } from '@headgate/shared/config/cursor';
import type { Problems } from '@headgate/shared/config/problem';

/** Reads what follows a word without effect, so that a wrong argument is reported as HAProxy reports it. */
export type Takes = (cursor: Cursor, problems: Problems) => void;

/** A word that changes nothing here. */
export interface Idle {
  /** Why it changes nothing. */
  readonly why: string;
  readonly takes: Takes;
}

/** Reads all that follows such a word. What is left over is not reported beside another mistake, which may be its reason. */
export function readArguments(takes: Takes, cursor: Cursor, problems: Problems): void {
  const before = problems.list.length;
  takes(cursor, problems);
  if (problems.list.length === before) cursor.end();
}

const LARGEST = 2_147_483_647;

export const nothing: Takes = () => {};

export function text(what: string): Takes {
  return (cursor) => void cursor.need(what);
}

/** A word that may be missing. */
export const perhaps: Takes = (cursor) => void cursor.next();

/** One word or more. */
export function texts(what: string): Takes {
  return (cursor) => {
    cursor.need(what);
    cursor.rest();
  };
}

export function integer(min = 0, max = LARGEST): Takes {
  return (cursor) => void cursor.integer('an integer', min, max);
}

/** An integer from -`most` to `most`. */
export function signed(most: number): Takes {
  return (cursor, problems) => {
    const word = cursor.need('an integer');
    if (word !== undefined && !(/^-?\d{1,5}$/.test(word.text) && Math.abs(Number(word.text)) <= most))
      problems.error(word.at, `'${word.text}' is not an integer between -${most} and ${most}`);
  };
}

export const duration: Takes = (cursor) => void cursor.duration('a duration');

export const size: Takes = (cursor) => void cursor.size('a size in bytes');

export function choice(...names: readonly string[]): Takes {
  return (cursor) => void cursor.choice('value', names);
}

export const onOff = choice('on', 'off');

/** One of the names or more. */
export function choices(...names: readonly string[]): Takes {
  return (cursor) => {
    do cursor.choice('value', names);
    while (cursor.peek() !== undefined);
  };
}

/** `1-4,7`: numbers of threads, or one of the words for sets of them. */
export const threads: Takes = (cursor, problems) => {
  const word = cursor.need("threads: 'all', 'odd', 'even', or numbers such as 1-4");
  if (
    word !== undefined &&
    !/^(?:auto:)?(?:\d+\/)?(?:all|odd|even|[1-9]\d*(?:-\d*)?(?:,[1-9]\d*(?:-\d*)?)*)(?:\/(?:all|odd|even|[1-9]\d*(?:-\d*)?))?$/.test(
      word.text,
    )
  )
    problems.error(word.at, `'${word.text}' is neither 'all', 'odd' nor 'even', nor numbers of threads such as 1-4`);
};

/** One entry for each name of a list. */
export function each(why: string, takes: Takes, names: string): Readonly<Record<string, Idle>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, { why, takes }]));
}
