import type { Typed } from '../../model/values.ts';
import { oneOf, optional, required } from '../arguments.ts';
import { onText } from '../row.ts';
import type { Converter } from '../row.ts';
import { sint, typed } from '../value.ts';

const MODES = ['ascii', 'utf8', 'utf8s', 'utf8p', 'utf8ps'] as const;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\r': '\\r',
  '\n': '\\n',
  '\t': '\\t',
  '/': '\\/',
};

/**
 * A text of bytes as the inside of a JSON string. With a UTF-8 coding, text that is not valid UTF-8 or contains a character beyond 16 bits has no value;
 * the codings with an `s` skip such bytes.
 */
export function jsonText(text: string, mode: string): string | undefined {
  let result = '';
  for (const character of mode === 'ascii' ? text : decoded(text)) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= BROKEN && !mode.endsWith('s')) return undefined;
    if (code < BROKEN)
      result +=
        ESCAPES[character] ?? (code < 0x20 || code > 0x7e ? `\\u${code.toString(16).padStart(4, '0')}` : character);
  }
  return result;
}

/** Marks bytes that are not UTF-8, and characters beyond 16 bits. */
const BROKEN = 0x10000;
const REPLACEMENT = '\u{fffd}';

/** The characters of UTF-8; a byte that belongs to none is given as one that has no JSON escape. */
function* decoded(text: string): Generator<string> {
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length;) {
    const first = bytes.readUInt8(at);
    const length = first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const character = bytes.toString('utf8', at, at + length);
    const sound =
      first < 0x80 ||
      (length > 1 &&
        String.fromCodePoint(character.codePointAt(0) ?? 0) === character &&
        (character !== REPLACEMENT || first === 0xef));
    yield sound ? character : String.fromCodePoint(BROKEN);
    at += sound ? length : 1;
  }
}

/** A name, in which a backslash escapes a dot or bracket, or a number in brackets. */
const STEP = /\.((?:\\.|[^.[\]\\])+)|\[(\d{1,9})\]/y;

/** `$.a.b[0]`, `$.a\.b`: the names and numbers to follow; undefined for another form. */
export function pathSteps(path: string): readonly (string | number)[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: (string | number)[] = [];
  for (STEP.lastIndex = 1; STEP.lastIndex < path.length;) {
    const [whole, name, index] = STEP.exec(path) ?? [];
    if (whole === undefined) return undefined;
    steps.push(name?.replaceAll(/\\(.)/g, '$1') ?? Number(index));
  }
  return steps;
}

function follow(value: unknown, steps: readonly (string | number)[]): unknown {
  let found = value;
  for (const step of steps) {
    if (typeof found !== 'object' || found === null) return undefined;
    found =
      Array.isArray(found) === (typeof step === 'number')
        ? Reflect.getOwnPropertyDescriptor(found, step)?.value
        : undefined;
  }
  return found;
}

/** A JSON value as a sample: objects, arrays and null have no value, a number is text unless an integer is requested. Text is converted back to bytes. */
function sampleOf(value: unknown, asInteger: boolean): Typed | undefined {
  if (typeof value === 'boolean') return typed('bool', value);
  if (typeof value === 'string') return typed('str', Buffer.from(value, 'utf8').toString('latin1'));
  if (typeof value !== 'number') return undefined;
  return asInteger && Number.isFinite(value)
    ? typed('sint', sint(BigInt(Math.trunc(value))))
    : typed('str', String(value));
}

/** Follows a path in a JSON text; invalid JSON, or JSON nested too deeply for the parser, has no value. */
export function queryJson(text: string, steps: readonly (string | number)[], asInteger: boolean): Typed | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(text, 'latin1').toString('utf8'));
  } catch {
    return undefined;
  }
  return sampleOf(follow(parsed, steps), asInteger);
}

export const jsonPath = (path: string): string | undefined =>
  pathSteps(path) === undefined ? `'${path}' is not a path such as $.user.id or $.list[0]` : undefined;

export const json: Readonly<Record<string, Converter>> = {
  json: {
    from: 'str',
    to: 'str',
    args: [optional('coding', oneOf(...MODES))],
    doc: 'The text escaped for a JSON string; codings ascii (the default), utf8, utf8p; utf8s and utf8ps skip broken bytes.',
    example: 'hdr(user-agent),json(utf8s)',
    compile(args) {
      const mode = args.text(0, 'ascii');
      return onText((text) => jsonText(text, mode));
    },
  },
  json_query: {
    from: 'str',
    to: 'any',
    args: [required('path', jsonPath), optional('type', oneOf('int'))],
    doc: 'The string, number or boolean at a path of a JSON text; int: a number as an integer.',
    example: "hdr(x-context),json_query('$.user.id')",
    compile(args) {
      const steps = pathSteps(args.raw(0)) ?? [];
      const asInteger = args.has(1);
      return onText((text) => queryJson(text, steps, asInteger));
    },
  },
};
