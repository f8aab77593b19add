/**
 * Places between two characters, as far as `^`, `$` and `\b` distinguish them: what came before (4 kinds) and what comes next
 * (5 kinds) make 20 places, and an assertion is the mask of the places where it holds. Several assertions at one place are the
 * AND of their masks, so that the automaton has no assertions, only moves with a mask.
 */

/** What came before a place. */
export const PREVIOUS = { start: 0, newline: 1, word: 2, other: 3 } as const;
/** What comes next. `lastNewline`: the line feed that ends the sample, which `$` may precede. */
export const NEXT = { newline: 0, lastNewline: 1, word: 2, other: 3, end: 4 } as const;
export const PREVIOUS_KINDS = 4;
export const NEXT_KINDS = 5;

export function placeOf(previous: number, next: number): number {
  return 1 << (previous * NEXT_KINDS + next);
}

function places(holds: (previous: number, next: number) => boolean): number {
  let mask = 0;
  for (let previous = 0; previous < PREVIOUS_KINDS; previous += 1)
    for (let next = 0; next < NEXT_KINDS; next += 1) if (holds(previous, next)) mask |= placeOf(previous, next);
  return mask;
}

const edgeOfWord = (previous: number, next: number): boolean => (previous === PREVIOUS.word) !== (next === NEXT.word);

export const ANYWHERE = places(() => true);
/** PCRE's meaning of each, without and with (?m). */
export const ASSERTIONS = {
  /** `^`, `\A` */
  start: places((previous) => previous === PREVIOUS.start),
  /** `$`, `\Z`: the end, or before the line feed that is the end */
  end: places((_, next) => next === NEXT.end || next === NEXT.lastNewline),
  /** `\z` */
  veryEnd: places((_, next) => next === NEXT.end),
  /** `^` under (?m); not after the line feed that ends the sample */
  lineStart: places(
    (previous, next) => previous === PREVIOUS.start || (previous === PREVIOUS.newline && next !== NEXT.end),
  ),
  /** `$` under (?m) */
  lineEnd: places((_, next) => next === NEXT.end || next === NEXT.lastNewline || next === NEXT.newline),
  /** `\b` */
  wordEdge: places(edgeOfWord),
  /** `\B` */
  notWordEdge: places((previous, next) => !edgeOfWord(previous, next)),
} as const;

/** What a character of this kind (`NEXT`) is once it has been passed. */
export function previousOf(kind: number): number {
  if (kind === NEXT.word) return PREVIOUS.word;
  return kind === NEXT.other ? PREVIOUS.other : PREVIOUS.newline;
}
