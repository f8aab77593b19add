import type { Position, Word } from '@headgate/shared/config/raw';
import type { Condition } from '../model/snapshot.ts';
import type { Evaluation } from '../model/evaluation.ts';
import { notYet } from '../sample/not-yet.ts';
import { compileCriterion, looksLikeCriterion } from './criterion.ts';
import type { Criterion } from './criterion.ts';
import type { ConditionOutline, TermOutline } from '../model/outline.ts';
import type { CompileContext } from './patterns.ts';

export interface ParsedTerm extends TermOutline {
  readonly criteria: readonly Criterion[];
  readonly at: Position;
}
export interface ParsedCondition extends ConditionOutline {
  readonly alternatives: readonly (readonly ParsedTerm[])[];
}

/**
 * Reads `if|unless [!]TERM [!]TERM or TERM ...`, a term being the name of an ACL or `{ criterion }`. Adjacent terms must all hold
 * and bind tighter than `or` (also `||`); there are no other parentheses. Undefined after a problem.
 */
export function parseCondition(
  words: readonly Word[],
  at: Position,
  context: CompileContext,
  find: (name: Word, following: readonly Word[]) => readonly Criterion[] | undefined,
): ParsedCondition | undefined {
  const { problems } = context;
  const [keyword, ...rest] = words;
  if (keyword?.text !== 'if' && keyword?.text !== 'unless') {
    problems.error(keyword?.at ?? at, `expected 'if' or 'unless' instead of '${keyword?.text ?? ''}'`);
    return undefined;
  }
  const alternatives: ParsedTerm[][] = [];
  let terms: ParsedTerm[] = [];
  let negated = false;
  let sound = true;
  let last = keyword;
  const complain = (word: Word, message: string): void => {
    sound = false;
    problems.error(word.at, message);
  };
  const add = (term: Word, name: string, criteria: readonly Criterion[] | undefined): void => {
    if (criteria === undefined) sound = false;
    else terms.push({ name, negated, criteria, at: term.at });
    negated = false;
  };
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index];
    if (word === undefined) break;
    const bangs = /^!*/.exec(word.text)?.[0].length ?? 0;
    const text = word.text.slice(bangs);
    if (bangs % 2 === 1) negated = !negated;
    if (isOr(text)) {
      if (terms.length === 0 && sound) complain(word, `nothing before '${text}'`);
      if (negated) complain(word, `'!' before '${text}'`);
      alternatives.push(terms);
      terms = [];
      negated = false;
    } else if (text === 'if' || text === 'unless') {
      complain(word, `only one 'if' or 'unless' in a condition`);
    } else if (text === '{') {
      const close = rest.findIndex(
        (other, position) => position > index && other.text === '}' && other.quoted !== true,
      );
      if (close < 0) {
        complain(word, "missing '}' after '{'");
        break;
      }
      const inside = rest.slice(index + 1, close);
      const criterion = compileCriterion(inside, word.at, context);
      add(
        word,
        `{ ${inside.map((other) => other.text).join(' ')} }`,
        criterion === undefined ? undefined : [criterion],
      );
      index = close;
    } else if (text !== '') {
      const following = patternsFrom(rest, index + 1);
      const criteria = find({ ...word, text }, following);
      add(word, text, criteria);
      // They were meant as its patterns: one mistake is one message.
      if (criteria === undefined && looksLikeCriterion({ ...word, text })) index += following.length;
    }
    last = word;
  }
  if (sound && negated) complain(last, "nothing after '!'");
  if (sound && terms.length === 0) complain(last, `nothing after '${last.text}'`);
  alternatives.push(terms);
  return sound ? { keyword: keyword.text, alternatives } : undefined;
}

/**
 * The condition as one closure, evaluated from left to right with short circuit. Its outline is attached. `bytes`: its tests may wait for
 * bytes of a connection.
 */
export function conditionClosure(parsed: ParsedCondition, bytes = false): Condition {
  const holds = bytes
    ? patient(parsed.alternatives)
    : anyOf(parsed.alternatives.map((terms) => allOf(terms.map(termClosure))));
  const whole: TestOn = parsed.keyword === 'if' ? holds : (on) => !holds(on);
  return Object.assign(whole, { outline: parsed });
}

type TestOn = (on: Evaluation) => boolean;

/** The list of criteria is read at each call: a later line may add an alternative to a named ACL. */
function termClosure({ criteria, negated }: ParsedTerm): TestOn {
  return (on) => {
    for (const criterion of criteria) if (criterion.test(on)) return !negated;
    return negated;
  };
}

/** As HAProxy has it: a test that needs more bytes is waited for unless one before it fails, or another alternative holds. */
function patient(alternatives: readonly (readonly ParsedTerm[])[]): TestOn {
  return (on) => {
    let open = false;
    for (const terms of alternatives) {
      const verdict = verdictOfAll(terms, on);
      if (verdict === true) return true;
      open ||= verdict === undefined;
    }
    if (open) throw notYet;
    return false;
  };
}

/** Undefined: it depends on bytes that have not come. */
function verdictOfAll(terms: readonly ParsedTerm[], on: Evaluation): boolean | undefined {
  for (const term of terms) {
    const verdict = verdictOf(term, on);
    if (verdict !== true) return verdict;
  }
  return true;
}

function verdictOf({ criteria, negated }: ParsedTerm, on: Evaluation): boolean | undefined {
  let open = false;
  for (const criterion of criteria) {
    try {
      if (criterion.test(on)) return !negated;
    } catch (error) {
      if (error !== notYet) throw error;
      open = true;
    }
  }
  return open ? undefined : negated;
}

function allOf(tests: readonly TestOn[]): TestOn {
  const [first, second] = tests;
  if (first !== undefined && tests.length === 1) return first;
  if (first !== undefined && second !== undefined && tests.length === 2) return (on) => first(on) && second(on);
  return (on) => {
    for (const test of tests) if (!test(on)) return false;
    return true;
  };
}

function anyOf(tests: readonly TestOn[]): TestOn {
  const [first] = tests;
  if (first !== undefined && tests.length === 1) return first;
  return (on) => {
    for (const test of tests) if (test(on)) return true;
    return false;
  };
}

/** The words that a test without braces would have as its patterns. */
function patternsFrom(words: readonly Word[], from: number): readonly Word[] {
  const end = words.findIndex(({ text }, at) => at >= from && (isOr(text) || text === '{' || text.startsWith('!')));
  return words.slice(from, end < 0 ? undefined : end);
}

/** In any case, as HAProxy reads it. */
export function isOr(text: string): boolean {
  return text.toLowerCase() === 'or' || text === '||';
}
