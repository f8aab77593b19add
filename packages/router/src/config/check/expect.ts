/** `tcp-check expect` and `http-check expect`: the options they share, and the patterns (HAProxy configuration manual). */
import type { Cursor } from '@headgate/shared/config/cursor';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { ExpectOptions, Pattern } from '../../checks/expect.ts';
import { NO_OPTIONS } from '../../checks/expect.ts';
import type { CheckStatus } from '../../model/check.ts';
import { compileExpression } from '../../sample/expression.ts';
import type { ExpressionContext } from '../../sample/expression.ts';
import { compileFormat } from '../../sample/format.ts';
import type { Format } from '../../sample/format.ts';
import { regexOf } from '../../sample/regex.ts';
import { bytesOf, textOf } from '../../sample/value.ts';

const OK = ['L7OK', 'L7OKC', 'L6OK', 'L4OK'] as const;
const ERROR = ['L7OKC', 'L7RSP', 'L7STS', 'L6RSP', 'L4CON'] as const;
const TIMEOUT = ['L7TOUT', 'L6TOUT', 'L4TOUT'] as const;

type Mutable = { -readonly [Name in keyof ExpectOptions]: ExpectOptions[Name] };

export interface ReadExpect<Read> {
  readonly options: ExpectOptions;
  readonly comment: string | undefined;
  readonly pattern: Read;
}

/**
 * Reads `[min-recv N] [comment TEXT] … [!] MATCH PATTERN`, in any order; undefined after a problem. `read` gets the word that names
 * the match, and reads what follows it.
 */
export function readExpect<Read>(
  cursor: Cursor,
  matches: readonly string[],
  context: ExpressionContext,
  read: (match: string) => Read | undefined,
): ReadExpect<Read> | undefined {
  const { problems } = context;
  const options: Mutable = { ...NO_OPTIONS };
  const { at, done } = cursor;
  let comment: string | undefined;
  let pattern: Read | undefined;
  for (let word = cursor.next(); word !== undefined; word = cursor.next()) {
    // HAProxy takes `!string` and `! string`.
    const name = word.text.replace(/^!/, '');
    if (name !== word.text) options.negated = true;
    if (name === '') continue;
    if (matches.includes(name)) {
      if (pattern !== undefined) problems.error(word.at, `'${done}' has a pattern already`);
      pattern = read(name);
      if (pattern === undefined) return undefined;
    } else if (name === 'comment') comment = cursor.need('a comment')?.text;
    else if (name === 'min-recv') options.minRecv = minRecv(cursor);
    else if (name === 'ok-status') options.okStatus = status(cursor, OK);
    else if (name === 'error-status') options.errorStatus = status(cursor, ERROR);
    else if (name === 'tout-status') options.timeoutStatus = status(cursor, TIMEOUT) ?? 'L7TOUT';
    else if (name === 'on-success') options.onSuccess = format(cursor, context)?.render;
    else if (name === 'on-error') options.onError = format(cursor, context)?.render;
    else if (name === 'status-code') options.statusCode = statusCode(cursor, context);
    else {
      const known = [
        ...matches,
        'comment',
        'min-recv',
        'ok-status',
        'error-status',
        'tout-status',
        'on-success',
        'on-error',
      ];
      problems.error(word.at, `unknown thing to expect '${word.text}'`, nearest(name, known));
      return undefined;
    }
  }
  if (pattern !== undefined) return { options, comment, pattern };
  problems.error(at, `'${done}' needs one of ${matches.join(', ')}`);
  return undefined;
}

/** At most what is kept of a response: HAProxy accepts larger numbers. */
function minRecv(cursor: Cursor): number {
  if (cursor.accept('-1')) return -1;
  const most = 2_147_483_647;
  return Math.min(16_384, cursor.integer('a number of bytes, or -1', 0, most) ?? 0);
}

/** `string`, `string-lf`, `rstring`, `binary`, `binary-lf` or `rbinary` and what follows; undefined after a problem. */
export function readPattern(match: string, cursor: Cursor, context: ExpressionContext): Pattern | undefined {
  const word = cursor.need('a pattern');
  if (word === undefined) return undefined;
  switch (match) {
    case 'string':
      return constant(bytesOf(word.text), `string '${word.text}'`, ` '${word.text}'`);
    case 'binary': {
      const bytes = hexBytes(word, context);
      return bytes === undefined ? undefined : constant(bytes, `binary '${bytes}'`, ' (binary)');
    }
    case 'rstring':
      return expression(word, context, 'regex', ' (regex)', (text) => text);
    case 'rbinary':
      return expression(word, context, 'binary regex', ' (binary regex)', (text) =>
        Buffer.from(text, 'latin1').toString('hex').toUpperCase(),
      );
    default:
      return made(word, match === 'binary-lf', context);
  }
}

/** The bytes of hexadecimal digits; undefined after a problem. */
export function hexBytes({ text, at }: Word, { problems }: ExpressionContext): string | undefined {
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, 'hex').toString('latin1');
  problems.error(at, `'${text}' is not an even number of hexadecimal digits`);
  return undefined;
}

function constant(bytes: string, what: string, shown: string): Pattern {
  return { what, shown, least: () => bytes.length, matches: (text) => text.includes(bytes) };
}

function expression(
  word: Word,
  { problems }: ExpressionContext,
  what: string,
  shown: string,
  of: (text: string) => string,
): Pattern | undefined {
  const compiled = regexOf(word.text, false);
  if (compiled.regex === undefined) {
    for (const message of compiled.problems) problems.error(word.at, message);
    return undefined;
  }
  const { regex } = compiled;
  return { what, shown, least: () => 0, matches: (text) => regex.test(of(text)) };
}

/** A format for each check; `binary`: it yields hexadecimal digits. */
function made(word: Word, binary: boolean, context: ExpressionContext): Pattern | undefined {
  const compiled = compileFormat(word, context);
  if (compiled === undefined) return undefined;
  const kind = binary ? 'log-format binary' : 'log-format string';
  return {
    what: kind,
    shown: ` (${kind})`,
    least: () => 0,
    matches(text, on) {
      const rendered = compiled.render(on);
      if (rendered === '') return 'log-format string evaluated to an empty string';
      if (!binary) return text.includes(rendered);
      const readable = /^(?:[0-9a-f]{2})+$/i.test(rendered);
      if (!readable) return 'Failed to parse hexastring resulting of eval of a log-format string';
      return text.includes(Buffer.from(rendered, 'hex').toString('latin1'));
    },
  };
}

function status<Name extends CheckStatus>(cursor: Cursor, names: readonly Name[]): Name | undefined {
  return cursor.choice('status', names);
}

function format(cursor: Cursor, context: ExpressionContext): Format | undefined {
  const word = cursor.need('a format');
  return word && compileFormat(word, context);
}

function statusCode(cursor: Cursor, context: ExpressionContext): ExpectOptions['statusCode'] {
  const word = cursor.need('an expression');
  const compiled = word && compileExpression(word, context);
  if (compiled === undefined) return undefined;
  return (on) => {
    const value = compiled.reading.one(on);
    const code = value === undefined ? Number.NaN : Number.parseInt(textOf(value), 10);
    return Number.isNaN(code) ? undefined : code;
  };
}
