/**
 * Parses PCRE's syntax, as used in HAProxy configurations. What only a backtracking engine can do is a problem that names what to
 * write instead; parsing continues after it, so that one run reports every such place. This file is long because the grammar is:
 * each method reads one construct.
 */
import { ASSERTIONS } from './boundary.ts';
import { ALL, ESCAPED_SETS, NEWLINE, bothCases, negated, single } from './charset.ts';
import { escapedCharacter, matchAt } from './escapes.ts';
import { parseSet } from './parse-set.ts';
import type { Node, RegexProblem } from './syntax.ts';

/** PCRE's own limits. */
const MAX_DEPTH = 250;
const MAX_REPEAT = 65_535;

const CAPTURE = /\((?!\?|\*)|\(\?(?:P?<[A-Za-z_]\w*>|'[A-Za-z_]\w*')/y;
const FLAGS = /\(\?(\^?)([imsxU]*)(?:-([imsxU]*))?([:)])/y;
const COMMENT = /\(\?#[^)]*\)/y;
const REPEAT = /[*+?]|\{(\d+)(?:(,)(\d+)?)?\}/y;
const BACKREFERENCE = /\\(?:[1-9]\d*|g(?:-?\d+|\{[^}]*\}|<[^>]*>|'[^']*')|k(?:\{[^}]*\}|<[^>]*>|'[^']*'))|\(\?P=\w*\)/y;
const RECURSION = /\(\?(?:R|[+-]?\d+|&\w*|P>\w*)\)/y;
/** An escape with an argument, skipped as one after a problem. */
const BRACED = /\\[A-Za-z]\{[^}]*\}/y;
const LINEAR = 'expressions run in linear time here';
const NOT_LINEAR: readonly (readonly [start: string, message: string])[] = [
  ['(?=', `lookahead is not supported (${LINEAR}): test what should follow in a separate acl and require both`],
  [
    '(?!',
    `negative lookahead is not supported (${LINEAR}): match what is unwanted in a separate acl and negate it with !`,
  ],
  ['(?<=', `lookbehind is not supported (${LINEAR}): match the text before as part of the expression`],
  [
    '(?<!',
    `negative lookbehind is not supported (${LINEAR}): match what is unwanted in a separate acl and negate it with !`,
  ],
  ['(?>', `atomic groups are not supported: write (?:, which runs in linear time here`],
  ['(?|', 'branch resets are not supported: give each group its own number'],
  ['(?(', 'conditional groups are not supported: write both cases as alternatives, (a|b)'],
];

interface Flags {
  ignoreCase: boolean;
  multiline: boolean;
  dotAll: boolean;
  extended: boolean;
  lazy: boolean;
}

export interface Parsed {
  readonly root: Node;
  /** Groups that capture, without the match itself. */
  readonly captures: number;
}

/** The tree of a pattern, or everything that is wrong with it. */
export function parse(pattern: string, ignoreCase: boolean): Parsed | readonly RegexProblem[] {
  return new Parser(pattern, ignoreCase).read();
}

const EMPTY: Node = { kind: 'sequence', parts: [] };

class Parser {
  readonly #pattern: string;
  readonly #problems: RegexProblem[] = [];
  #flags: Flags;
  #at = 0;
  #depth = 0;
  #captures = 0;
  #quoted = false;

  constructor(pattern: string, ignoreCase: boolean) {
    this.#pattern = pattern;
    this.#flags = { ignoreCase, multiline: false, dotAll: false, extended: false, lazy: false };
  }

  read(): Parsed | readonly RegexProblem[] {
    const root = this.#choice();
    if (this.#at < this.#pattern.length) this.#problem('this ) has no opening (');
    return this.#problems.length > 0 ? this.#problems : { root, captures: this.#captures };
  }

  #problem(message: string, offset = this.#at): void {
    this.#problems.push({ offset, message });
  }

  #choice(): Node {
    const options = [this.#sequence()];
    while (this.#pattern.charAt(this.#at) === '|') {
      this.#at += 1;
      options.push(this.#sequence());
    }
    return options.length === 1 ? (options[0] ?? EMPTY) : { kind: 'choice', options };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    for (;;) {
      this.#skipTrivia();
      const char = this.#pattern.charAt(this.#at);
      if (char === '' || (!this.#quoted && (char === '|' || char === ')'))) return { kind: 'sequence', parts };
      const atom = this.#atom(char);
      if (atom === undefined) continue;
      this.#skipTrivia();
      parts.push(this.#repeated(atom));
    }
  }

  /** Skips comments, blanks under (?x), and `\Q` and `\E`. */
  #skipTrivia(): void {
    for (;;) {
      const rest = this.#pattern.slice(this.#at, this.#at + 3);
      if (rest.startsWith('\\E')) {
        this.#quoted = false;
        this.#at += 2;
      } else if (this.#quoted) return;
      else if (rest.startsWith('\\Q')) {
        this.#quoted = true;
        this.#at += 2;
      } else if (rest === '(?#') {
        const comment = matchAt(COMMENT, this.#pattern, this.#at)?.[0];
        if (comment === undefined) this.#problem('this comment has no closing )');
        this.#at = comment === undefined ? this.#pattern.length : this.#at + comment.length;
      } else if (this.#flags.extended && /^\s/.test(rest)) this.#at += 1;
      else if (this.#flags.extended && rest.startsWith('#')) {
        const end = this.#pattern.indexOf('\n', this.#at);
        this.#at = end < 0 ? this.#pattern.length : end + 1;
      } else return;
    }
  }

  /** Undefined where nothing that could be repeated was read: flags, or a problem. */
  #atom(char: string): Node | undefined {
    if (this.#quoted) return this.#literal(this.#pattern.charCodeAt(this.#at), this.#at + 1);
    if (char === '(') return this.#group();
    if (char === '[') {
      const set = parseSet(this.#pattern, this.#at, this.#flags.ignoreCase);
      if ('message' in set) {
        this.#problems.push(set);
        this.#at = this.#pattern.length;
        return undefined;
      }
      this.#at = set.end;
      return { kind: 'set', set: set.set };
    }
    if (char === '\\') return this.#escape();
    const repeat = matchAt(REPEAT, this.#pattern, this.#at)?.[0];
    if (repeat !== undefined) {
      this.#problem(`nothing to repeat before ${repeat}`);
      this.#at += repeat.length;
      return undefined;
    }
    if (char === '.') {
      this.#at += 1;
      return { kind: 'set', set: this.#flags.dotAll ? ALL : negated(NEWLINE) };
    }
    const { multiline } = this.#flags;
    if (char === '^') return this.#assertion(multiline ? ASSERTIONS.lineStart : ASSERTIONS.start, 1);
    if (char === '$') return this.#assertion(multiline ? ASSERTIONS.lineEnd : ASSERTIONS.end, 1);
    return this.#literal(this.#pattern.charCodeAt(this.#at), this.#at + 1);
  }

  #literal(code: number, end: number): Node {
    this.#at = end;
    const set = single(Math.min(code, 256));
    return { kind: 'set', set: this.#flags.ignoreCase ? bothCases(set) : set };
  }

  #assertion(mask: number, length: number): Node {
    this.#at += length;
    return { kind: 'assert', mask };
  }

  #escape(): Node | undefined {
    const letter = this.#pattern.charAt(this.#at + 1);
    if (letter === 'A') return this.#assertion(ASSERTIONS.start, 2);
    if (letter === 'Z') return this.#assertion(ASSERTIONS.end, 2);
    if (letter === 'z') return this.#assertion(ASSERTIONS.veryEnd, 2);
    if (letter === 'b') return this.#assertion(ASSERTIONS.wordEdge, 2);
    if (letter === 'B') return this.#assertion(ASSERTIONS.notWordEdge, 2);
    const set = letter === 'C' ? ALL : ESCAPED_SETS.get(letter);
    if (set !== undefined) {
      this.#at += 2;
      return { kind: 'set', set };
    }
    if (this.#backreference()) return undefined;
    const escaped = escapedCharacter(this.#pattern, this.#at, false);
    if (escaped !== undefined) return this.#literal(escaped.code, escaped.end);
    if (letter === '') this.#problem('a \\ ends the expression');
    else if (letter === 'R') this.#problem('\\R is not supported: write (?:\\r\\n|\\n|\\r)');
    else if (letter === 'K') this.#problem('\\K is not supported: capture what should stay and write it again, \\1');
    else if (letter === 'p' || letter === 'P' || letter === 'X')
      this.#problem(`\\${letter} is not supported: expressions see bytes; list them, as in [A-Za-z\\x80-\\xff]`);
    else if (letter === 'x' || letter === 'o')
      this.#problem(`\\${letter} names a character beyond \\xff: expressions see bytes`);
    else this.#problem(`unknown escape \\${letter}`);
    this.#at += matchAt(BRACED, this.#pattern, this.#at)?.[0].length ?? 2;
    return undefined;
  }

  #backreference(): boolean {
    const found = matchAt(BACKREFERENCE, this.#pattern, this.#at)?.[0];
    if (found === undefined) return false;
    this.#problem(`backreferences are not supported (${LINEAR}): ${found}; spell out the texts it may repeat`);
    this.#at += found.length;
    return true;
  }

  #group(): Node | undefined {
    const flags = matchAt(FLAGS, this.#pattern, this.#at);
    if (flags !== undefined) {
      const before = { ...this.#flags };
      this.#setFlags(flags);
      if (flags[4] === ')') {
        this.#at += flags[0].length;
        return undefined;
      }
      return this.#body(flags[0].length, before);
    }
    if (this.#backreference()) return undefined;
    const recursion = matchAt(RECURSION, this.#pattern, this.#at)?.[0];
    if (recursion !== undefined) {
      this.#problem(`recursion is not supported (${LINEAR}): ${recursion}`);
      this.#at += recursion.length;
      return undefined;
    }
    const notLinear = NOT_LINEAR.find(([start]) => this.#pattern.startsWith(start, this.#at));
    if (notLinear !== undefined) {
      this.#problem(notLinear[1]);
      // The condition of a conditional group is read as a group of its own.
      return this.#body(notLinear[0] === '(?(' ? 2 : notLinear[0].length);
    }
    const capture = matchAt(CAPTURE, this.#pattern, this.#at)?.[0];
    if (capture === undefined) {
      const verb = this.#pattern.startsWith('(*', this.#at);
      this.#problem(
        verb
          ? 'verbs such as (*UTF) are not supported'
          : `unknown group ${this.#pattern.slice(this.#at, this.#at + 4)}`,
      );
      return this.#body(2);
    }
    this.#captures += 1;
    const index = this.#captures;
    return { kind: 'capture', index, body: this.#body(capture.length) };
  }

  /** The content of the parentheses; flags set inside end with it. */
  #body(opening: number, before: Flags = { ...this.#flags }): Node {
    const start = this.#at;
    this.#at += opening;
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) {
      this.#problem(`more than ${MAX_DEPTH} parentheses within each other`, start);
      this.#at = this.#pattern.length;
      return EMPTY;
    }
    const body = this.#choice();
    this.#depth -= 1;
    this.#flags = before;
    if (this.#pattern.charAt(this.#at) === ')') this.#at += 1;
    else if (this.#problems.length === 0) this.#problem('this ( has no closing )', start);
    return body;
  }

  #setFlags([, reset, on = '', off = '']: RegExpExecArray): void {
    if (reset === '^')
      Object.assign(this.#flags, { ignoreCase: false, multiline: false, dotAll: false, extended: false });
    for (const [letters, value] of [
      [on, true],
      [off, false],
    ] as const) {
      if (letters.includes('i')) this.#flags.ignoreCase = value;
      if (letters.includes('m')) this.#flags.multiline = value;
      if (letters.includes('s')) this.#flags.dotAll = value;
      if (letters.includes('x')) this.#flags.extended = value;
      if (letters.includes('U')) this.#flags.lazy = value;
    }
  }

  /** The atom with the repeat after it, if there is one. */
  #repeated(atom: Node): Node {
    const repeat = this.#quoted ? undefined : matchAt(REPEAT, this.#pattern, this.#at);
    if (repeat === undefined) return atom;
    const [text, low, comma, high] = repeat;
    if (atom.kind === 'assert') this.#problem(`nothing to repeat before ${text}: this is a place, not a character`);
    const least = low === undefined ? (text === '+' ? 1 : 0) : Number(low);
    const unlimited = low === undefined ? text !== '?' : comma !== undefined && high === undefined;
    const most = unlimited ? Infinity : Number(high ?? (text === '?' ? 1 : low));
    if (least > MAX_REPEAT || (most > MAX_REPEAT && most !== Infinity))
      this.#problem(`more than ${MAX_REPEAT} repeats: ${text}`);
    else if (most < least) this.#problem(`the repeat ${text} ends below its beginning`);
    const suffix = this.#pattern.charAt(this.#at + text.length);
    if (suffix === '+')
      this.#problem(`possessive repeats are not supported: write ${text}, which runs in linear time here`);
    this.#at += text.length;
    if (suffix === '+' || suffix === '?') this.#at += 1;
    return { kind: 'repeat', body: atom, least, most, greedy: (suffix === '?') === this.#flags.lazy };
  }
}
