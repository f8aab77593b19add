import type { ArgumentText } from './arguments.ts';

/** `field(1,:)`: a keyword, the words between its parentheses, and where each begins in the expression. */
export interface Call {
  readonly name: string;
  readonly offset: number;
  readonly args: readonly ArgumentText[];
}

/** An error in an expression, with its offset. */
export interface ExpressionProblem {
  readonly problem: string;
  readonly offset: number;
}

/** The characters a backslash protects or produces. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  '"': '"',
  "'": "'",
  ' ': ' ',
  r: '\r',
  n: '\n',
  t: '\t',
};

const NAME = /[A-Za-z0-9_.+-]+/y;

/**
 * Reads `FETCH[(ARG,...)][,CONVERTER[(ARG,...)]]...` from `start`, up to the end or to the first character that cannot belong to it
 * (the `]` of a format string): `end` says where. In arguments, quotes protect commas, parentheses and blanks; a backslash protects
 * a quote, a blank or a backslash, makes line ends and tabs of r, n and t, and is kept before anything else, as in HAProxy.
 */
export function parseExpression(
  text: string,
  start = 0,
): { readonly calls: readonly Call[]; readonly end: number } | ExpressionProblem {
  const calls: Call[] = [];
  let at = start;
  while (true) {
    NAME.lastIndex = at;
    const name = NAME.exec(text)?.[0];
    if (name === undefined) {
      if (calls.length > 0) return { problem: "a converter is missing after ','", offset: at };
      return { problem: 'expected a sample fetch, for example hdr(host)', offset: at };
    }
    const offset = at;
    at += name.length;
    let args: readonly ArgumentText[] = [];
    if (text[at] === '(') {
      const read = readArguments(text, at + 1);
      if ('problem' in read) return { problem: `'${name}(' ${read.problem}`, offset: read.offset };
      args = read.args;
      at = read.end;
    }
    calls.push({ name, offset, args });
    if (text[at] !== ',') return { calls, end: at };
    // As in HAProxy commas may be doubled, or stand at the end of a word.
    while (text[at] === ',') at += 1;
    if (at === text.length) return { calls, end: at };
  }
}

function readArguments(
  text: string,
  start: number,
): { readonly args: readonly ArgumentText[]; readonly end: number } | ExpressionProblem {
  const args: ArgumentText[] = [];
  let offset = start;
  let argument = '';
  let quote = '';
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (quote !== '' && char === quote) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === '\\' && quote !== "'" && Object.hasOwn(ESCAPES, next)) {
      argument += ESCAPES[next] ?? '';
      at += 1;
    } else if (quote === '' && (char === ',' || char === ')')) {
      args.push({ text: argument, offset });
      argument = '';
      offset = at + 1;
      if (char === ')') return { args, end: at + 1 };
    } else argument += char;
  }
  return quote === ''
    ? { problem: "has no ')'", offset: start - 1 }
    : { problem: `has no second ${quote}`, offset: start - 1 };
}
