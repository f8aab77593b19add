/**
 * Regular expressions in PCRE's syntax that take linear time, whatever the expression and the sample. What the limits are and why
 * they hold: automaton.ts (cost per character), search.ts (memory and time of a search), finite.ts (what V8 may do), captures.ts and
 * one-pass.ts (groups).
 */
import { MAX_STEP_COST, buildAutomaton } from './automaton.ts';
import type { Automaton } from './automaton.ts';
import { Captures } from './captures.ts';
import { finiteExpression } from './finite.ts';
import { parse } from './parse.ts';
import { onePass, type OnePass } from './one-pass.ts';
import { Preference } from './preference.ts';
import type { Captured } from './preference.ts';
import { assemble } from './program.ts';
import type { Instruction } from './program.ts';
import { RememberedCaptures } from './remembered-captures.ts';
import { Search } from './search.ts';
import type { Node, RegexProblem } from './syntax.ts';

export type { Captured, RegexProblem };

export interface RegexOptions {
  /** As if the expression began with `(?i)`: ASCII letters match in both cases. Default: false. */
  readonly ignoreCase?: boolean;
}

/** A compiled expression. Samples are strings of bytes (latin1); a character beyond a byte matches `.` and negated sets only. */
export interface Regex {
  /** Whether it matches anywhere in the sample. */
  test(sample: string): boolean;
  /**
   * The leftmost match that begins at `from` (default 0) or later, as PCRE finds it: offsets `[start, end, start of group 1, …]`,
   * -1 for groups that did not participate. Undefined without a match.
   */
  match(sample: string, from?: number): Captured | undefined;
  /** All matches from left to right without overlap, each as `match` gives it, together in linear time. For replacing all. */
  matches(sample: string): Generator<Captured, void, undefined>;
  /** Groups that capture. */
  readonly groups: number;
  /** The bound of this expression, and what was used of it: see search.ts. */
  readonly bound: { readonly stepCost: number; readonly maxSets: number; readonly effort: Readonly<Search['effort']> };
}

export type CompiledRegex =
  | { readonly regex: Regex; readonly problems?: undefined }
  | { readonly regex?: undefined; readonly problems: readonly RegexProblem[] };

/** Compiles an expression, or returns everything that is wrong with it, with offsets into `pattern`. */
export function compileRegex(pattern: string, { ignoreCase = false }: RegexOptions = {}): CompiledRegex {
  const parsed = parse(pattern, ignoreCase);
  if (!('root' in parsed)) return { problems: parsed };
  const built = build(parsed.root);
  if ('automaton' in built) return { regex: new LinearRegex(built, parsed.captures, finiteExpression(parsed.root)) };
  const cost = built.cost === undefined ? '' : ` (${built.cost} operations per character, ${MAX_STEP_COST} at most)`;
  return {
    problems: [
      {
        offset: 0,
        message: `too large once its counted repeats are written out${cost}: lower the counts, write * or + instead, or test lengths with a fetch such as path_len`,
      },
    ],
  };
}

interface Built {
  readonly automaton: Automaton;
  readonly program: readonly Instruction[];
}

function build(root: Node): Built | { readonly cost: number | undefined } {
  const program = assemble(root);
  if (program === undefined) return { cost: undefined };
  const automaton = buildAutomaton(program);
  return typeof automaton === 'number' ? { cost: automaton } : { automaton, program };
}

class LinearRegex implements Regex {
  readonly groups: number;
  readonly #automaton: Automaton;
  readonly #search: Search;
  readonly #finite: RegExp | undefined;
  readonly #preference: Preference;
  readonly #captures: RememberedCaptures;
  /** Null before the first sample whose groups are asked for: most expressions are only tested. */
  #onePass: OnePass | undefined | null = null;

  constructor({ automaton, program }: Built, groups: number, finite: RegExp | undefined) {
    this.groups = groups;
    this.#automaton = automaton;
    this.#search = new Search(automaton);
    this.#finite = finite;
    this.#preference = new Preference(automaton, program);
    this.#captures = new RememberedCaptures(automaton, this.#preference, groups);
  }

  get bound(): Regex['bound'] {
    const { maxSets, effort } = this.#search;
    return { stepCost: this.#automaton.stepCost, maxSets, effort };
  }

  test(sample: string): boolean {
    if (this.#finite !== undefined && !sample.endsWith('\n')) return this.#finite.test(sample);
    return this.#search.test(sample);
  }

  match(sample: string, from = 0): Captured | undefined {
    if (from === 0) {
      const table = this.#table();
      const found = table?.match(sample);
      if (found !== undefined) return found;
      // It could only have begun there.
      if (table !== undefined && !this.#automaton.floating) return undefined;
    }
    if (!this.test(sample)) return undefined;
    const found = this.#captures.match(sample, from);
    return found === null ? this.#slowly(sample).next(from) : found;
  }

  *matches(sample: string): Generator<Captured, void, undefined> {
    if (!this.test(sample)) return;
    const captures = this.#slowly(sample);
    for (let from = 0; from <= sample.length;) {
      const found = captures.next(from);
      if (found === undefined) return;
      yield found;
      const [start = 0, end = 0] = found;
      from = end > start ? end : end + 1;
    }
  }

  #table(): OnePass | undefined {
    if (this.#onePass === null) this.#onePass = onePass(this.#automaton, this.#preference, this.groups);
    return this.#onePass;
  }

  #slowly(sample: string): Captures {
    return new Captures(this.#automaton, this.#preference, this.groups, sample);
  }
}
