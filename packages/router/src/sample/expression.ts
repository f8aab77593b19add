import type { Problems } from '@headgate/shared/config/problem';
import type { Position, Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Evaluation } from '../model/evaluation.ts';
import type { Answer } from '../model/answer.ts';
import type { CaptureSlot } from '../model/captures.ts';
import type { Read, SampleType, Value } from '../model/values.ts';
import { Args, syntaxOf } from './arguments.ts';
import type { Argument, SampleContext } from './arguments.ts';
import { castOf, isSame } from './cast.ts';
import { converters } from './converters.ts';
import { fetches } from './fetches.ts';
import { parseExpression } from './parse.ts';
import type { Call } from './parse.ts';
import { checkPhase, phases } from './phase.ts';
import type { Phase } from './phase.ts';
import type { AnyReading, Converter, Fetch, Kinds, Reading, Step, Test } from './row.ts';
import { instead } from './unsupported.ts';
import { later } from './later.ts';
import { textOf, typeNames } from './value.ts';

/** A compiled expression: where it came from, what it depends on, and how to evaluate it. */
export interface Expression {
  readonly text: string;
  readonly type: SampleType;
  /** What the value depends on; empty for a constant. Purity and phases are computed from it. */
  readonly reads: readonly Read[];
  readonly reading: AnyReading;
  /** The only patterns an ACL can compare it with; undefined where any may be. */
  readonly patterns?: readonly string[] | undefined;
  /** Turns a pattern of an ACL, as it is written, into what the value is compared with; a converter cancels it. */
  readonly patternOf?: ((written: string) => string) | undefined;
}

/** The capture slots of a frontend that is being compiled, and those that its rules want. */
export interface SlotsSoFar {
  readonly request: CaptureSlot[];
  readonly response: CaptureSlot[];
  readonly wanted: { readonly side: 'request' | 'response'; readonly slot: number; readonly at: Position }[];
}

export interface ExpressionContext extends SampleContext {
  readonly problems: Problems;
  /** Where the expression is evaluated; a fetch that is not available there is a problem. Absent: checked later. */
  readonly phase?: Phase | undefined;
  /** The name of the proxy whose rules are compiled. */
  readonly proxy?: string | undefined;
  /** The pages of an `http-errors` section; a problem when there is none of that name. */
  readonly errorFiles?: ((name: Word) => ReadonlyMap<number, Answer> | undefined) | undefined;
  /** Whether the proxy has servers; absent where that is not known. */
  readonly hasServers?: boolean | undefined;
  /** The capture slots of a frontend so far, for rules that add to them; absent in a backend. */
  readonly captures?: SlotsSoFar | undefined;
}

/** Compiles a word that is one expression; undefined after a problem, which is reported at its position in the word. */
export function compileExpression(word: Word, context: ExpressionContext): Expression | undefined {
  const parsed = parseExpression(word.text);
  const at = (offset: number): Position => within(word, offset);
  if ('problem' in parsed) {
    context.problems.error(at(parsed.offset), parsed.problem);
    return undefined;
  }
  if (parsed.end < word.text.length) {
    context.problems.error(at(parsed.end), `unexpected '${word.text.slice(parsed.end)}' after the sample expression`);
    return undefined;
  }
  return compileCalls(word.text, parsed.calls, at, context);
}

/** The position of a character of a word. A quoted word begins with its quote. */
export function within(word: Word, offset: number): Position {
  return offset === 0 ? word.at : { ...word.at, column: word.at.column + offset + (word.quoted === true ? 1 : 0) };
}

/** As in HAProxy these two read the message that a rule is about. The tests of conditions always mean the request. */
const OF_RESPONSE: ReadonlyMap<string, string> = new Map([
  ['hdr', 'res.hdr'],
  ['cookie', 'res.cook'],
]);

/** Compiles a fetch and the converters after it. */
export function compileCalls(
  text: string,
  [first, ...rest]: readonly Call[],
  at: (offset: number) => Position,
  context: ExpressionContext,
): Expression | undefined {
  const { problems } = context;
  if (first === undefined) return undefined;
  const fetch = fetchNamed((context.phase === phases.response ? OF_RESPONSE.get(first.name) : undefined) ?? first.name);
  if (fetch === undefined) {
    refuseFetch(first.name, at(first.offset), problems);
    return undefined;
  }
  const args = argumentsOf(first, fetch.args ?? [], at, context);
  if (args === undefined) return undefined;
  const reads = new Set(typeof fetch.reads === 'function' ? fetch.reads(args) : fetch.reads);
  const compiled = fetch.compile(args);
  if (typeof compiled === 'string') {
    problems.error(at(first.offset), `${first.name} ${compiled}`);
    return undefined;
  }
  let reading: AnyReading = compiled;
  let { type } = fetch;
  for (const call of rest) {
    const converter = converterNamed(call.name);
    if (converter === undefined) {
      refuseConverter(call.name, at(call.offset), problems);
      return undefined;
    }
    const step = stepOf(call, converter, type, at, context, reads);
    if (step === undefined) return undefined;
    reading = converted(reading, step, converter.to);
    type = converter.to;
  }
  const expression = {
    text,
    type,
    reads: [...reads],
    reading,
    patterns: fetch.patterns?.(args),
    patternOf: rest.length === 0 ? fetch.patternOf : undefined,
  };
  if (context.phase !== undefined && !checkPhase(expression, context.phase, at(first.offset), problems))
    return undefined;
  return expression;
}

/** The value as HAProxy prints it; undefined when there is none. */
export function textValue({ reading }: Expression): (on: Evaluation) => string | undefined {
  if (reading.kind === 'text') return reading.one;
  return (on) => {
    const value = reading.one(on);
    return value === undefined ? undefined : textOf(value);
  };
}

function stepOf(
  call: Call,
  converter: Converter,
  from: SampleType,
  at: (offset: number) => Position,
  context: ExpressionContext,
  reads: Set<Read>,
): Step | undefined {
  const { problems } = context;
  const cast = castOf(from, converter.from);
  if (cast === undefined) {
    problems.error(
      at(call.offset),
      `converter '${call.name}' cannot be applied to a value of type ${typeNames[from]}: it needs ${typeNames[converter.from]}`,
    );
    return undefined;
  }
  const args = argumentsOf(call, converter.args ?? [], at, context);
  if (args === undefined) return undefined;
  const step = converter.compile(args);
  if (typeof step === 'string') {
    problems.error(at(call.offset), `${call.name} ${step}`);
    return undefined;
  }
  for (const read of typeof converter.reads === 'function' ? converter.reads(args) : (converter.reads ?? []))
    reads.add(read);
  if (isSame(cast)) return step;
  return (value, on) => {
    const given = cast(value);
    return given === undefined ? undefined : step(given, on);
  };
}

function argumentsOf(
  call: Call,
  expected: readonly Argument[],
  at: (offset: number) => Position,
  context: ExpressionContext,
): Args | undefined {
  const { problems } = context;
  const required = expected.filter((argument) => !argument.optional).length;
  // `str()` is an empty text; where no argument is required, empty parentheses are allowed.
  const given = required === 0 && call.args.length === 1 && call.args[0]?.text === '' ? [] : call.args;
  if (given.length > expected.length || given.length < required) {
    problems.error(
      at(call.offset),
      expected.length === 0
        ? `${call.name} accepts no argument`
        : `${call.name} needs ${required === expected.length ? String(required) : `${required} to ${expected.length}`} argument${expected.length === 1 ? '' : 's'}: ${syntaxOf(call.name, expected)}`,
    );
    return undefined;
  }
  let sound = true;
  for (const [index, { text, offset }] of given.entries()) {
    const argument = expected[index];
    if (argument === undefined || (text === '' && argument.optional)) continue;
    const problem = argument.check(text, context);
    const doubt = problem === undefined ? argument.doubt?.(text) : undefined;
    if (doubt !== undefined) problems.warning(at(offset), `${call.name} ${doubt}`);
    if (problem === undefined) continue;
    sound = false;
    problems.error(at(offset), `${call.name} ${problem}`);
  }
  return sound
    ? new Args(
        given.map(({ text }) => text),
        context,
        at(call.offset),
      )
    : undefined;
}

/** A reading with one more step appended. */
function converted(before: AnyReading, step: Step, to: SampleType): AnyReading {
  switch (to) {
    case 'sint':
      return stepped(before, step, 'number', (value) =>
        typeof value === 'number' || typeof value === 'bigint' ? value : undefined,
      );
    case 'bool':
      return stepped(before, step, 'truth', (value) => (typeof value === 'boolean' ? value : undefined));
    case 'any':
      return stepped(before, step, 'typed', (value) => (typeof value === 'object' ? value : undefined));
    case 'str':
    case 'bin':
    case 'addr':
    case 'meth':
      return stepped(before, step, 'text', (value) => (typeof value === 'string' ? value : undefined));
  }
}

function stepped<K extends keyof Kinds>(
  before: AnyReading,
  step: Step,
  kind: K,
  narrow: (value: Value | undefined) => Kinds[K] | undefined,
): Reading<K> {
  const one = (on: Evaluation): Kinds[K] | undefined => {
    const value = before.one(on);
    return value === undefined ? undefined : narrow(step(value, on));
  };
  return {
    kind,
    one,
    each(test: Test<Kinds[K]>) {
      let current: Evaluation | undefined;
      const run = eachOf(before, (value) => {
        const next = current === undefined ? undefined : narrow(step(value, current));
        return next !== undefined && test(next);
      });
      return (on) => {
        current = on;
        const holds = run(on);
        // Do not keep parts of a request alive until the next one.
        current = undefined;
        return holds;
      };
    },
  };
}

/** Applies a test for any value to a reading of one kind. */
export function eachOf(reading: AnyReading, test: Test<Value>): (on: Evaluation) => boolean {
  switch (reading.kind) {
    case 'text':
      return reading.each(test);
    case 'number':
      return reading.each(test);
    case 'truth':
      return reading.each(test);
    case 'typed':
      return reading.each(test);
  }
}

export function fetchNamed(name: string): Fetch | undefined {
  return Object.hasOwn(fetches, name) ? fetches[name] : undefined;
}

export function converterNamed(name: string): Converter | undefined {
  return Object.hasOwn(converters, name) ? converters[name] : undefined;
}

/** Names used by other proxies, and obvious guesses. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['header', 'hdr'],
  ['headers', 'hdr'],
  ['host', 'hdr(host)'],
  ['uri', 'url'],
  ['request_uri', 'url'],
  ['remote_addr', 'src'],
  ['client_ip', 'src'],
  ['ip', 'src'],
  ['param', 'urlp'],
]);

/** Reports an unknown fetch: not supported, with what to do instead, or a typo. */
export function refuseFetch(name: string, at: Position, problems: Problems, more: readonly string[] = []): void {
  const hint = instead.fetch(name) ?? later.fetch(name);
  if (hint !== undefined) problems.error(at, `not supported: sample fetch '${name}'; ${hint}`);
  else
    problems.error(
      at,
      `unknown sample fetch '${name}'`,
      SYNONYMS.get(name) ?? nearest(name, [...Object.keys(fetches), ...more]),
    );
}

function refuseConverter(name: string, at: Position, problems: Problems): void {
  const hint = later.converter(name);
  if (hint !== undefined) problems.error(at, `not supported: converter '${name}'; ${hint}`);
  else problems.error(at, `unknown converter '${name}'`, nearest(name, Object.keys(converters)));
}
