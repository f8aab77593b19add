import type { Position, Word } from '@headgate/shared/config/raw';
import type { Evaluation } from '../model/evaluation.ts';
import type { CriterionOutline } from '../model/outline.ts';
import { nearest } from '@headgate/shared/config/suggest';
import { compileCalls, converterNamed, eachOf, fetchNamed, refuseFetch, within } from '../sample/expression.ts';
import type { Expression } from '../sample/expression.ts';
import { SegmentCache } from '../sample/edited-list.ts';
import type { Entry } from '../sample/edited-list.ts';
import { parseExpression } from '../sample/parse.ts';
import type { Call } from '../sample/parse.ts';
import { textOf, typeNames } from '../sample/value.ts';
import { demandOf } from './demand.ts';
import { aclKeywords } from './keywords.ts';
import { defaultMatch, matches } from './matches.ts';
import type { MatchName } from './matches.ts';
import { parsePatterns } from './patterns.ts';
import type { Match, Pattern } from './match.ts';
import type { CompileContext, EditedPatterns, Patterns } from './patterns.ts';
import { testOf } from './tests.ts';

/** A compiled `FETCH [flags] [patterns]`. */
export type Criterion = CriterionOutline;

/** Compiles a criterion; undefined after a problem, which is reported at its place. */
export function compileCriterion(words: readonly Word[], at: Position, context: CompileContext): Criterion | undefined {
  const { problems } = context;
  const [keyword, ...rest] = words;
  if (keyword === undefined) {
    problems.error(at, 'expected a sample fetch, for example hdr(host)');
    return undefined;
  }
  const subject = compileSubject(keyword, context);
  warnOfComma(keyword, rest[0], problems);
  const usual = subject === undefined ? undefined : usualMatch(subject);
  const read = parsePatterns(keyword, rest, usual, context);
  if (subject === undefined || read === undefined) return undefined;
  const { expression, calls } = subject;
  const { patternOf } = expression;
  const given =
    patternOf === undefined
      ? read
      : { ...read, patterns: read.patterns.map((pattern) => ({ ...pattern, text: patternOf(pattern.text) })) };
  const name = given.match ?? usual;
  if (name === undefined) {
    problems.error(keyword.at, `'${expression.text}' may have any type: specify how to compare it, for example -m str`);
    return undefined;
  }
  const match = matches[name];
  let sound = true;
  const test = testOf(expression, match, given.patterns, (where, message) => {
    sound = false;
    problems.error(where, message);
  });
  const { edited } = given;
  if (test === undefined)
    problems.error(keyword.at, `-m ${name} cannot be applied to a value of type ${typeNames[expression.type]}`);
  if (!allowedPatterns(subject, given, context)) sound = false;
  if (!sound || test === undefined) return undefined;
  if (match.patterns && given.patterns.length === 0 && !given.fromFile)
    problems.warning(keyword.at, `'${keyword.text}' has no pattern to compare with, so it never matches`);
  return {
    text: words.map(({ text }) => text).join(' '),
    at: keyword.at,
    test: edited.length === 0 ? test : orEdited(test, edited, expression, match),
    reads: edited.length === 0 ? expression.reads : [...expression.reads, 'state'],
    samples: (on) => samplesOf(expression, on),
    demand: edited.length === 0 ? demandOf(expression, calls, name, given.patterns) : undefined,
  };
}

/** A test that also passes for a pattern of a list that rules edit. One that is no pattern of this match is passed over. */
function orEdited(
  test: Criterion['test'],
  edited: readonly EditedPatterns[],
  expression: Expression,
  match: Match,
): Criterion['test'] {
  const tests = edited.map(({ list, folded, map }) => {
    const patternOf = ({ key }: Entry): Pattern => ({ text: written(map ? firstWord(key) : key), folded, at: NOWHERE });
    return new SegmentCache(list, (entries) => {
      const patterns = entries.map(patternOf);
      let sound = true;
      const test = testOf(expression, match, patterns, () => (sound = false));
      // Only where one of them is invalid is each compiled by itself, to leave that one out.
      const rest = sound ? undefined : patterns.filter((pattern) => isPattern(match, pattern));
      return (rest === undefined ? test : testOf(expression, match, rest, () => {})) ?? (() => false);
    });
  });
  return (on) => {
    if (test(on)) return true;
    for (const segments of tests) for (const holds of segments) if (holds(on)) return true;
    return false;
  };
}

const NOWHERE: Position = { file: '', line: 0, column: 0 };

function firstWord(line: string): string {
  return line.split(/[ \t]/, 1)[0] ?? '';
}

/** Bytes as a configuration would write them. */
function written(bytes: string): string {
  return /[\u0080-\u00ff]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
}

function isPattern(match: Match, pattern: Pattern): boolean {
  let sound = true;
  match.compile([pattern], () => (sound = false));
  return sound;
}

interface Subject {
  readonly expression: Expression;
  readonly calls: readonly Call[];
  /** The match built into the keyword: `beg` for hdr_beg. A converter cancels it, as in HAProxy. */
  readonly match: keyof typeof matches | undefined;
}

/** The match where `-m` names none; undefined where the value may have any type. */
function usualMatch({ match, expression }: Subject): MatchName | undefined {
  return match ?? (expression.type === 'any' ? undefined : defaultMatch[expression.type]);
}

/** `ssl_fc, not`: to HAProxy the second word is a pattern. */
function warnOfComma(keyword: Word, next: Word | undefined, problems: CompileContext['problems']): void {
  if (next === undefined || !keyword.text.endsWith(',') || converterNamed(next.text) === undefined) return;
  problems.warning(
    next.at,
    `'${next.text}' is a pattern here, as in HAProxy; the converter is written without a blank: '${keyword.text}${next.text}'`,
  );
}

function compileSubject(keyword: Word, context: CompileContext): Subject | undefined {
  const { problems } = context;
  const parsed = parseExpression(keyword.text);
  if ('problem' in parsed || parsed.end < keyword.text.length) {
    const [offset, problem] =
      'problem' in parsed
        ? [parsed.offset, parsed.problem]
        : [parsed.end, `unexpected '${keyword.text.slice(parsed.end)}' after the sample expression`];
    problems.error(within(keyword, offset), problem);
    return undefined;
  }
  const [first, ...converters] = parsed.calls;
  if (first === undefined) return undefined;
  const derived = aclKeywords.get(first.name);
  if (derived === undefined && fetchNamed(first.name) === undefined) {
    refuseFetch(first.name, keyword.at, problems, [...aclKeywords.keys()]);
    return undefined;
  }
  const calls = derived === undefined ? parsed.calls : [{ ...first, name: derived.fetch }, ...converters];
  const expression = compileCalls(keyword.text, calls, (offset) => within(keyword, offset), context);
  return expression === undefined
    ? undefined
    : { expression, calls, match: converters.length === 0 ? derived?.match : undefined };
}

/** Reports a pattern that is not one of the few that the fetch can be compared with. */
function allowedPatterns({ expression, calls }: Subject, given: Patterns, { problems }: CompileContext): boolean {
  const allowed = expression.patterns;
  const strange =
    allowed === undefined || calls.length > 1 ? undefined : given.patterns.find(({ text }) => !allowed.includes(text));
  if (strange === undefined || allowed === undefined) return true;
  problems.error(
    strange.at,
    `'${strange.text}' is not one of the values of '${expression.text}': ${allowed.join(', ') || 'there are none'}`,
    nearest(strange.text, allowed),
  );
  return false;
}

/** For `explain` only: every value, as text. */
function samplesOf({ reading }: Expression, on: Evaluation): readonly string[] {
  const samples: string[] = [];
  eachOf(reading, (value) => {
    samples.push(typeof value === 'boolean' ? String(value) : textOf(value));
    return false;
  })(on);
  return samples;
}

/** The fetch or ACL keyword at the start of a word, for `if path /api` with the braces forgotten. */
export function looksLikeCriterion(word: Word): boolean {
  const name = /^[A-Za-z0-9_.+-]+/.exec(word.text)?.[0] ?? '';
  return fetchNamed(name) !== undefined || aclKeywords.has(name);
}
