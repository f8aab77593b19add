import type { Problem } from './problem.ts';
import type { Position, Word } from './raw.ts';

/** Where the character at `offset` of a text was written. */
export type Locate = (offset: number) => Position;

export interface SplitOptions {
  /** Variables for `$NAME`, `${NAME}` and `${NAME-default}` inside double quotes. Default: none is set. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whether an unprotected `#` starts a comment. Default true; false where YAML has already removed comments. */
  readonly comments?: boolean;
}

export interface Split {
  readonly words: readonly Word[];
  readonly problems: readonly Problem[];
  /** The first non-breaking space that was taken for a blank. */
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
const VARIABLE = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:-([^}]*))?\})/y;

/** The position `offset` characters after `start` on the same line. */
function along(start: Position): Locate {
  return (offset) => ({ file: start.file, line: start.line, column: start.column + offset });
}

/**
 * Splits one statement into words as HAProxy does (configuration manual §2.2): blanks separate, `#` starts a comment,
 * `\` escapes (a backslash before an ordinary character stays, so regular expressions need no doubling),
 * `"…"` allows escapes and environment variables, `'…'` is literal. A non-breaking space, which copying from a web page
 * leaves behind, separates as a blank does.
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

  const end = (): void => {
    if (from < 0) return;
    words.push(quoted ? { text: word, at: locate(from), quoted } : { text: word, at: locate(from) });
    word = '';
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
    } else if (char === '$' && quote === '"') {
      const [piece, length] = variable(text, index, options.env ?? {}, (severity, message) =>
        report(index, severity, message),
      );
      word += piece;
      index += length;
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
    if (/^[0-9a-fA-F]{2}$/.test(hex)) return [String.fromCharCode(Number.parseInt(hex, 16)), 4];
    error("'\\x' needs two hexadecimal digits");
    return ['', 2];
  }
  const plain = next === '$' && quote === '"' ? next : ESCAPES[next];
  return plain === undefined ? ['\\', 1] : [plain, 2];
}

function variable(
  text: string,
  index: number,
  env: Readonly<Record<string, string | undefined>>,
  report: (severity: Problem['severity'], message: string) => void,
): readonly [piece: string, length: number] {
  VARIABLE.lastIndex = index;
  const found = VARIABLE.exec(text);
  if (found === null) {
    report('error', "'$' inside double quotes starts an environment variable: write $NAME, ${NAME} or \\$");
    return ['', 1];
  }
  const name = found[1] ?? found[2] ?? '';
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value === undefined && found[3] === undefined)
    report('warning', `environment variable ${name} is not set; it counts as empty`);
  return [value ?? found[3] ?? '', found[0].length];
}
