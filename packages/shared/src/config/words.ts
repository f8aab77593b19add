import { escapedByte, readable } from './escaped-bytes.ts';
import type { Problem } from './problem.ts';
import type { BlankVariable, KeptVariable, Position, Word } from './raw.ts';

/** Where the character at `offset` of a text was written. */
export type Locate = (offset: number) => Position;

export interface SplitOptions {
  /** Variables for `$NAME`, `${NAME}`, `${NAME-default}` and `${NAME[*]}` inside double quotes. Default: none is set. */
  readonly env?: Environment;
  /** Whether the forms in braces expand outside quotes too: for YAML, whose own quotes have already been removed. Default false. */
  readonly braces?: boolean;
  /** Leaves variables as they are written and marks them (`Word.kept`), for a file that is translated. Default false. */
  readonly keepVariables?: boolean;
  /** Whether an unprotected `#` starts a comment. Default true; false where YAML has already removed comments. */
  readonly comments?: boolean;
}

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Split {
  readonly words: readonly Word[];
  readonly problems: readonly Problem[];
  /** The first non-breaking space that was treated as a blank. */
  readonly nonBreaking: Position | undefined;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  ' ': ' ',
  '#': '#',
  '\\': '\\',
  "'": "'",
  '"': '"',
};
const NO_BREAK_SPACE = '\u00a0';
/** A leading dot is that of a pseudo-variable: `.LINE`. */
const VARIABLE = /\$(?:(\.?[A-Za-z_]\w*)|\{(\.?[A-Za-z_]\w*)(\[\*\])?(?:-([^}]*))?\})/y;
/** Addresses do not support lists. */
const ADDRESS_VARIABLE = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:-([^}]*))?\})/g;

/** The position `offset` characters after `start` on the same line. */
function along(start: Position): Locate {
  return (offset) => ({ file: start.file, line: start.line, column: start.column + offset });
}

/**
 * Splits one statement into words as HAProxy does (configuration manual §2.2): blanks separate, `#` starts a comment,
 * `\` escapes (a backslash before an ordinary character stays, so regular expressions need no doubling),
 * `"…"` allows escapes and environment variables, `'…'` is literal. `"${NAME[*]}"` is one word for each of the variable's words.
 * A non-breaking space, as pasted from a web page, separates like a blank.
 */
export function splitWords(text: string, start: Position | Locate, options: SplitOptions = {}): Split {
  const locate = typeof start === 'function' ? start : along(start);
  const words: Word[] = [];
  const problems: Problem[] = [];
  let nonBreaking: Position | undefined;
  let word = '';
  let from = -1;
  let quoted = false;
  let quote = '';
  let quoteAt = 0;
  let blank: BlankVariable | undefined;
  let kept: KeptVariable[] = [];

  const push = (): void => {
    const marks = { ...(blank === undefined ? {} : { blank }), ...(kept.length === 0 ? {} : { kept }) };
    words.push({ text: readable(word), at: locate(from), ...(quoted ? { quoted } : {}), ...marks });
    word = '';
    blank = undefined;
    kept = [];
  };
  const end = (): void => {
    if (from < 0) return;
    push();
    from = -1;
    quoted = false;
  };
  const report = (offset: number, severity: Problem['severity'], message: string): void => {
    problems.push({ severity, at: locate(offset), message });
  };

  let index = 0;
  while (index < text.length) {
    const char = text.charAt(index);
    if (quote === '') {
      if (char === ' ' || char === '\t' || char === '\n' || char === '\r' || char === NO_BREAK_SPACE) {
        if (char === NO_BREAK_SPACE) nonBreaking ??= locate(index);
        end();
        index += 1;
        continue;
      }
      if (char === '#' && options.comments !== false) break;
    }
    if (from < 0) from = index;
    if (quote === "'") {
      if (char === quote) quote = '';
      else word += char;
      index += 1;
    } else if (char === '\\') {
      const [piece, length] = escape(text, index, quote, (message) => report(index, 'error', message));
      if (length > 1) quoted = true;
      word += piece;
      index += length;
    } else if (char === '"' || (char === "'" && quote === '')) {
      quoted = true;
      quoteAt = index;
      quote = quote === '' ? char : '';
      index += 1;
    } else if (char === '$' && (quote === '"' || (options.braces === true && text.charAt(index + 1) === '{'))) {
      const read = variable(text, index, options, (severity, message) => report(index, severity, message));
      if (read.kept === true) kept.push({ start: word.length, end: word.length + read.length });
      const [piece = '', ...more] = read.pieces;
      word += piece;
      blank ??= read.blank;
      for (const next of more) {
        push();
        word = next;
      }
      index += read.length;
    } else {
      word += char;
      index += 1;
    }
  }
  if (quote !== '') report(quoteAt, 'error', `this quote (${quote}) is never closed`);
  end();
  return { words, problems, nonBreaking };
}

function escape(
  text: string,
  index: number,
  quote: string,
  error: (message: string) => void,
): readonly [piece: string, length: number] {
  const next = text.charAt(index + 1);
  if (next === 'x') {
    const hex = text.slice(index + 2, index + 4);
    if (/^[0-9a-fA-F]{2}$/.test(hex)) return [escapedByte(Number.parseInt(hex, 16)), 4];
    error("'\\x' needs two hexadecimal digits");
    return ['', 2];
  }
  const plain = next === '$' && quote === '"' ? next : ESCAPES[next];
  return plain === undefined ? ['\\', 1] : [plain, 2];
}

interface ReadVariable {
  /** One word, or for a list one per word of the variable. */
  readonly pieces: readonly string[];
  readonly length: number;
  readonly blank?: BlankVariable;
  /** The piece is the variable as it is written. */
  readonly kept?: true;
}

function variable(
  text: string,
  index: number,
  { env = {}, keepVariables = false }: SplitOptions,
  report: (severity: Problem['severity'], message: string) => void,
): ReadVariable {
  VARIABLE.lastIndex = index;
  const found = VARIABLE.exec(text);
  if (found === null) {
    report(
      'error',
      "'$' here starts an environment variable: write $NAME, ${NAME}, ${NAME-default} or ${NAME[*]}; \\$ or single quotes keep it literal",
    );
    return { pieces: [''], length: 1 };
  }
  const [{ length }, plain, braced, list, fallback] = found;
  const name = plain ?? braced ?? '';
  // A pseudo-variable is about the place it is written in, which a translation does not keep.
  if (keepVariables && !name.startsWith('.')) return { pieces: [found[0]], length, kept: true };
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value === undefined && name.startsWith('.')) {
    report(
      'error',
      `unknown variable '${name}': there are .FILE, .LINE and .SECTION; single quotes keep a '$', as in '$.user.id'`,
    );
    return { pieces: [''], length };
  }
  if (value === undefined && fallback === undefined)
    report('warning', `environment variable ${name} is not set; treated as empty`);
  const written = value ?? fallback ?? '';
  if (written === '' && fallback === undefined)
    return { pieces: [''], length, blank: { name, set: value !== undefined } };
  return { pieces: list === undefined ? [written] : written.split(/[ \t]+/).filter((piece) => piece !== ''), length };
}

/**
 * A word where an address is expected: HAProxy's str2sa_range expands unquoted `$NAME` and `${NAME}` there too; a
 * default is our extension. An unset variable
 * is recorded in the word: an address with a part missing is not the one that was meant.
 */
export function expandAddress(word: Word, variable: (name: string) => string | undefined): Word {
  let { blank } = word;
  const text = word.text.replaceAll(ADDRESS_VARIABLE, (_, plain?: string, braced?: string, fallback?: string) => {
    const name = plain ?? braced ?? '';
    const value = variable(name) ?? fallback;
    if (value === undefined || (value === '' && fallback === undefined)) blank ??= { name, set: value !== undefined };
    return value ?? '';
  });
  return { ...word, text, ...(blank === undefined ? {} : { blank }) };
}
