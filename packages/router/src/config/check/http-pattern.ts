import type { Cursor } from '@headgate/shared/config/cursor';
import type { Word } from '@headgate/shared/config/raw';
import type { HttpPattern } from '../../checks/expect-http.ts';
import type { Evaluation } from '../../model/evaluation.ts';
import type { ExpressionContext } from '../../sample/expression.ts';
import { compileFormat } from '../../sample/format.ts';
import { regexOf } from '../../sample/regex.ts';
import { bytesOf } from '../../sample/value.ts';
import { readPattern } from './expect.ts';

/** The pattern of an `http-check expect`; undefined after a problem. */
export function readHttpPattern(match: string, cursor: Cursor, context: ExpressionContext): HttpPattern | undefined {
  switch (match) {
    case 'status':
      return readCodes(cursor, context);
    case 'rstatus': {
      const word = cursor.need('a regular expression');
      const test = word && regexTest(word, context);
      return test && { on: 'status', matches: (status) => test(String(status)) };
    }
    case 'hdr':
      return readHeader(cursor, context, true);
    case 'fhdr':
      return readHeader(cursor, context, false);
    default: {
      const pattern = readPattern(match, cursor, context);
      return pattern && { on: 'body', ...pattern };
    }
  }
}

function readCodes(cursor: Cursor, { problems }: ExpressionContext): HttpPattern | undefined {
  const word = cursor.need('a list of codes such as 200,300-399');
  if (word === undefined) return undefined;
  // As in HAProxy a comma may come last.
  const ranges = word.text
    .replace(/,$/, '')
    .split(',')
    .map((part) => /^(\d{3})(?:-(\d{3}))?$/.exec(part));
  if (ranges.includes(null)) {
    problems.error(word.at, `'${word.text}' is not a list of codes such as 200,300-399`);
    return undefined;
  }
  const bounds = ranges.map((range) => [Number(range?.[1]), Number(range?.[2] ?? range?.[1])] as const);
  if (bounds.some(([low, high]) => low > high)) {
    problems.error(word.at, `'${word.text}' has a range that ends before it begins`);
    return undefined;
  }
  return { on: 'status', matches: (status) => bounds.some(([low, high]) => status >= low && status <= high) };
}

type Test = (value: string, on: Evaluation) => boolean;
const METHODS = ['str', 'beg', 'end', 'sub', 'reg'] as const;

/** `name [-m M] NAME [value [-m M] VALUE]`; with `items`, each item of a comma-separated value is compared on its own. */
function readHeader(cursor: Cursor, context: ExpressionContext, items: boolean): HttpPattern | undefined {
  const name = readPart(cursor, 'name', context, true);
  if (name === undefined) return undefined;
  const next = cursor.peek()?.text;
  const value = next === 'value' || next === 'value-lf' ? readPart(cursor, 'value', context, false) : ANY;
  if (value === undefined) return undefined;
  return {
    on: 'head',
    matches: ({ fields }, on) =>
      fields.names.some((field, index) => {
        if (!name(field, on)) return false;
        if (value === ANY) return true;
        const content = fields.values[index] ?? '';
        return (items ? content.split(',').map((item) => item.trim()) : [content]).some((one) => value(one, on));
      }),
  };
}

const ANY: Test = () => true;

function readPart(
  cursor: Cursor,
  part: 'name' | 'value',
  context: ExpressionContext,
  lowerCase: boolean,
): Test | undefined {
  const kind = cursor.choice(`part of a header`, [part, `${part}-lf`]);
  if (kind === undefined) return undefined;
  const method = cursor.accept('-m') ? cursor.choice('matching method', METHODS) : 'str';
  const word = cursor.need(`the ${part} of a header`);
  if (word === undefined || method === undefined) return undefined;
  if (method === 'reg') return regexTest(word, context, lowerCase);
  const format = kind === part ? undefined : compileFormat(word, context);
  if (kind !== part && format === undefined) return undefined;
  const constant = lowerCase ? bytesOf(word.text).toLowerCase() : bytesOf(word.text);
  const compare = COMPARE[method];
  return (text, on) => compare(text, format === undefined ? constant : format.render(on));
}

const COMPARE: Readonly<Record<Exclude<(typeof METHODS)[number], 'reg'>, (text: string, wanted: string) => boolean>> = {
  str: (text, wanted) => text === wanted,
  beg: (text, wanted) => text.startsWith(wanted),
  end: (text, wanted) => text.endsWith(wanted),
  sub: (text, wanted) => text.includes(wanted),
};

function regexTest(
  word: Word,
  { problems }: ExpressionContext,
  ignoreCase = false,
): ((text: string) => boolean) | undefined {
  const compiled = regexOf(word.text, ignoreCase);
  if (compiled.regex === undefined) {
    for (const message of compiled.problems) problems.error(word.at, message);
    return undefined;
  }
  const { regex } = compiled;
  return (text) => regex.test(text);
}
