/**
 * The expressions of `.if` and `.elif` (configuration manual §2.4): predicates, integers, `!`, `&&`, `||` and parentheses.
 * As in HAProxy an expression is parsed to its end before it is evaluated.
 */
import { nearest } from '@headgate/shared/config/suggest';
import { isBefore } from './version.ts';

/** What a condition may ask. */
export interface Circumstances {
  readonly defined: (name: string) => boolean;
  readonly feature: (name: string) => boolean;
  /** The version of HAProxy whose language is spoken here. */
  readonly version: string;
}

export interface Misread {
  readonly offset: number;
  readonly problem: string;
  readonly suggestion?: string | undefined;
}

interface Predicate {
  readonly args: 1 | 2;
  readonly holds: (args: readonly string[], on: Circumstances) => boolean;
}

const PREDICATES: Readonly<Record<string, Predicate>> = {
  defined: { args: 1, holds: ([name = ''], on) => on.defined(name) },
  feature: { args: 1, holds: ([name = ''], on) => on.feature(name) },
  streq: { args: 2, holds: ([one, other]) => one === other },
  strneq: { args: 2, holds: ([one, other]) => one !== other },
  version_atleast: { args: 1, holds: ([version = ''], on) => !isBefore(on.version, version) },
  version_before: { args: 1, holds: ([version = ''], on) => isBefore(on.version, version) },
};

/** Predicates of later releases: a configuration for HAProxy 2.6 has none of them. */
const LATER: Readonly<Record<string, string>> = {
  enabled: 'HAProxy 2.7',
  strstr: 'HAProxy 2.9',
  awslc_api_atleast: 'HAProxy 3.1',
  awslc_api_before: 'HAProxy 3.1',
  openssl_version_atleast: 'HAProxy 2.5',
  openssl_version_before: 'HAProxy 2.5',
  ssllib_name_startswith: 'HAProxy 3.1',
};

/** Deepest nesting of `!` and parentheses: recursion must end before the stack does. */
const MAX_DEPTH = 500;

type Truth = (on: Circumstances) => boolean;

/** Whether an expression holds, or why it cannot be read. An empty one does not hold. */
export function evaluateCondition(text: string, on: Circumstances): boolean | Misread {
  if (text.trim() === '') return false;
  const reader = new Reader(text);
  const truth = reader.alternatives(0);
  const misread = reader.misread ?? reader.leftover();
  return misread ?? truth(on);
}

const NEVER: Truth = () => false;

class Reader {
  misread: Misread | undefined = undefined;
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  leftover(): Misread | undefined {
    this.#blanks();
    return this.#at < this.#text.length
      ? { offset: this.#at, problem: `unexpected '${this.#text.slice(this.#at)}' at the end of the condition` }
      : undefined;
  }

  /** `A && B || C`: and binds closer than or. */
  alternatives(depth: number): Truth {
    const one = this.#conjunction(depth);
    if (!this.#accept('||')) return one;
    const other = this.alternatives(depth + 1);
    return (on) => one(on) || other(on);
  }

  #conjunction(depth: number): Truth {
    const one = this.#term(depth);
    if (!this.#accept('&&')) return one;
    const other = this.#conjunction(depth + 1);
    return (on) => one(on) && other(on);
  }

  #term(depth: number): Truth {
    if (this.misread !== undefined) return NEVER;
    if (depth > MAX_DEPTH) return this.#wrong(`a condition nests at most ${MAX_DEPTH} levels`);
    if (this.#accept('!')) {
      const truth = this.#term(depth + 1);
      return (on) => !truth(on);
    }
    if (this.#accept('(')) {
      const truth = this.alternatives(depth + 1);
      if (this.misread === undefined && !this.#accept(')')) return this.#wrong("expected ')' here");
      return truth;
    }
    const number = this.#match(/[+-]?(?:0[xX][0-9a-fA-F]+|\d+)/y);
    if (number !== undefined) {
      const holds = !/^[+-]?0[xX]?0*$/.test(number);
      return () => holds;
    }
    return this.#predicate();
  }

  #predicate(): Truth {
    const from = this.#at;
    const name = this.#match(/\w+/y) ?? '';
    const predicate = Object.hasOwn(PREDICATES, name) ? PREDICATES[name] : undefined;
    if (predicate === undefined) return this.#unknown(name, from);
    const args = this.#text[this.#at] === '(' ? this.#args() : [''];
    if (args === undefined) return NEVER;
    if (args.length !== predicate.args)
      return this.#wrong(
        `'${name}' takes ${predicate.args === 1 ? 'one argument' : 'two arguments'}, separated by a comma: ${name}(${predicate.args === 1 ? 'X' : 'X,Y'})`,
        from,
      );
    return (on) => predicate.holds(args, on);
  }

  /** What is between the parentheses, separated by commas; quotes and backslashes protect. */
  #args(): readonly string[] | undefined {
    const open = this.#at;
    const args = [''];
    let quote = '';
    for (let at = open + 1; at < this.#text.length; at += 1) {
      const char = this.#text.charAt(at);
      let piece: string | undefined;
      if (quote !== "'" && char === '\\' && /[\\"' ,()]/.test(this.#text.charAt(at + 1)))
        piece = this.#text.charAt((at += 1));
      else if (quote !== '') {
        if (char === quote) quote = '';
        else piece = char;
      } else if (char === '"' || char === "'") quote = char;
      else if (char === ',') args.push('');
      else if (char === ')') {
        this.#at = at + 1;
        return args;
      } else piece = char;
      if (piece !== undefined) args[args.length - 1] += piece;
    }
    this.#wrong("this '(' is never closed", open);
    return undefined;
  }

  #unknown(name: string, at: number): Truth {
    const known = Object.keys(PREDICATES);
    const later = Object.hasOwn(LATER, name) ? LATER[name] : undefined;
    if (later !== undefined)
      return this.#wrong(`'${name}' is a predicate of ${later}; there are ${known.join(', ')}`, at);
    const shown = name === '' ? this.#text.slice(at).trim() : name;
    const what = shown === '' ? 'a predicate or a number is missing' : `'${shown}' is neither a predicate nor a number`;
    return this.#wrong(`${what}; predicates are ${known.join(', ')}`, at, nearest(name, known));
  }

  #wrong(problem: string, offset = this.#at, suggestion?: string): Truth {
    this.misread ??= { offset, problem, suggestion };
    return NEVER;
  }

  #accept(token: string): boolean {
    this.#blanks();
    if (this.misread !== undefined || !this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    this.#blanks();
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #blanks(): void {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at += 1;
  }
}
