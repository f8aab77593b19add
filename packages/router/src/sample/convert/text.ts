import { integer, optional, positive, required, variable } from '../arguments.ts';
import type { Args } from '../arguments.ts';
import { castOf } from '../cast.ts';
import type { Evaluation } from '../../model/evaluation.ts';
import { compileReplacement, regexOf, substitute } from '../regex.ts';
import { onText } from '../row.ts';
import type { Converter } from '../row.ts';
import { leadingInteger } from '../value.ts';

/** Everything wrong with a regular expression, undefined when it is valid. */
function problemsOf(pattern: string): string | undefined {
  const compiled = regexOf(pattern, false);
  return compiled.regex === undefined ? compiled.problems.join('; ') : undefined;
}

/** A converter from text to text. */
function text(doc: string, example: string, run: (text: string) => string | undefined): Converter {
  return { from: 'str', to: 'str', doc, example, compile: () => onText(run) };
}

/** ASCII only: `toLowerCase` would also change bytes of UTF-8 letters. */
const SMALL = /[a-z]+/g;
const CAPITAL = /[A-Z]+/g;
// oxlint-disable-next-line no-control-regex -- all of ASCII
const BEYOND_ASCII = /[^\x00-\x7f]/;

/** The text of a variable, empty when it is not set or cannot be one. */
function variableText(name: string, on: Evaluation): string {
  const held = on.variables?.get(name);
  const value = held === undefined ? undefined : castOf(held.type, 'str')?.(held.value);
  return typeof value === 'string' ? value : '';
}

const variableReads = (args: Args): readonly 'variables'[] => (args.has(1) ? ['variables'] : []);

/**
 * Parts of a text between delimiters. `field` counts empty parts, `word` does not; a negative index counts from the end, and
 * `count` asks for several parts together (0: all up to that end).
 */
function part(
  index: number,
  delimiters: string,
  count: number,
  keepEmpty: boolean,
): (text: string) => string | undefined {
  return (whole) => {
    const parts: { readonly from: number; readonly to: number }[] = [];
    let from = 0;
    for (let at = 0; at <= whole.length; at += 1) {
      if (at < whole.length && !delimiters.includes(whole.charAt(at))) continue;
      if (keepEmpty || at > from) parts.push({ from, to: at });
      from = at + 1;
    }
    const position = index > 0 ? index - 1 : parts.length + index;
    const chosen = parts[position];
    if (chosen === undefined) return keepEmpty ? undefined : '';
    // When there are fewer parts than the count, the rest of the text belongs to the result, delimiters included.
    if (index > 0) return whole.slice(chosen.from, count === 0 ? whole.length : parts[position + count - 1]?.to);
    return whole.slice(count === 0 ? 0 : (parts[position - count + 1]?.from ?? 0), chosen.to);
  };
}

function parts(keepEmpty: boolean, doc: string, example: string): Converter {
  return {
    from: 'str',
    to: 'str',
    args: [required('index', integer), required('delimiters'), optional('count', positive)],
    doc,
    example,
    compile: (args) =>
      args.number(0) === 0
        ? 'counts from 1, or backwards from -1'
        : onText(part(args.number(0), args.text(1), args.number(2, 1), keepEmpty)),
  };
}

function trim(doc: string, example: string, left: boolean): Converter {
  return {
    from: 'str',
    to: 'str',
    args: [required('characters')],
    doc,
    example,
    compile(args) {
      const characters = args.text(0);
      return onText((whole) => {
        let from = 0;
        let to = whole.length;
        if (left) while (from < to && characters.includes(whole.charAt(from))) from += 1;
        else while (to > from && characters.includes(whole.charAt(to - 1))) to -= 1;
        return whole.slice(from, to);
      });
    },
  };
}

/** Texts: parts of them, letters, replacing, joining (HAProxy manual §7.3.1). */
export const texts: Readonly<Record<string, Converter>> = {
  lower: text('Converted to lower case (ASCII).', 'hdr(host),lower', lowerCase),
  upper: text('Converted to upper case (ASCII).', 'hdr(x-country),upper', (value) =>
    BEYOND_ASCII.test(value) ? value.replace(SMALL, (letters) => letters.toUpperCase()) : value.toUpperCase(),
  ),
  host_only: text('A Host without its port, in lower case.', 'hdr(host),host_only', (host) =>
    lowerCase(withoutPort(host)),
  ),
  port_only: {
    from: 'str',
    to: 'sint',
    doc: 'The port of a Host, 0 without one.',
    example: 'hdr(host),port_only',
    compile: () => onText((host) => leadingInteger(host.slice(withoutPort(host).length + 1))),
  },
  cut_crlf: text(
    'The text up to the first line ending.',
    'hdr(x-note),cut_crlf',
    (value) => /^[^\r\n]*/.exec(value)?.[0],
  ),
  length: {
    from: 'str',
    to: 'sint',
    doc: 'The length in bytes.',
    example: 'path,length',
    compile: () => onText((value) => value.length),
  },
  bytes: {
    from: 'bin',
    to: 'bin',
    args: [required('offset', positive), optional('length', positive)],
    doc: 'Bytes from an offset (0 is the first); no value when there are none.',
    example: 'hdr(x-id),bytes(0,8)',
    compile(args) {
      const offset = args.number(0);
      const length = args.has(1) ? args.number(1) : undefined;
      return onText((value) =>
        value.length <= offset ? '' : value.slice(offset, length === undefined ? undefined : offset + length),
      );
    },
  },
  field: parts(
    true,
    'The part with this number between delimiters (negative: counted from the end), or several of them (0: all that follow); empty parts count.',
    'hdr(host),field(1,:)',
  ),
  word: parts(false, 'As field, but empty parts do not count, and a missing part is an empty text.', 'path,word(1,/)'),
  ltrim: trim('The text with these characters stripped from the beginning.', 'path,ltrim(/)', true),
  rtrim: trim('The text with these characters stripped from the end.', 'path,rtrim(/)', false),
  concat: {
    from: 'str',
    to: 'str',
    args: [optional('text'), optional('variable', variable), optional('text')],
    reads: variableReads,
    doc: 'Appends a text, a variable and another text.',
    example: 'src,concat(-,txn.id,-x)',
    compile(args) {
      const [before, name, after] = [args.text(0), args.text(1), args.text(2)];
      return name === ''
        ? onText((value) => value + before + after)
        : onText((value, on) => value + before + variableText(name, on) + after);
    },
  },
  add_item: {
    from: 'str',
    to: 'str',
    args: [required('delimiter'), optional('variable', variable), optional('suffix')],
    reads: variableReads,
    doc: 'Appends an item to a list, after a delimiter when the list is not empty.',
    example: 'var(txn.seen),add_item(",",,x)',
    compile(args) {
      const [delimiter, name, suffix] = [args.text(0), args.text(1), args.text(2)];
      if (name === '' && suffix === '') return 'needs a variable or a suffix: add_item(delimiter,[variable][,suffix])';
      return onText((value, on) => {
        const item = (name === '' ? '' : variableText(name, on)) + suffix;
        return item === '' || value === '' ? value + item : value + delimiter + item;
      });
    },
  },
  regsub: {
    from: 'str',
    to: 'str',
    args: [
      required('regex', (pattern) => (pattern === '' ? 'needs a regular expression' : problemsOf(pattern))),
      required('replacement'),
      optional('flags', (flags) => (/^[gi]*$/.test(flags) ? undefined : `'${flags}' has flags other than g and i`)),
    ],
    doc: 'Replaces the first match of a regular expression (flag g: all of them; i: ignore case); \\1 is the first group.',
    example: "path,regsub('^/old','/new')",
    compile(args) {
      const flags = args.text(2);
      const { regex } = regexOf(args.raw(0), flags.includes('i'));
      const replacement = compileReplacement(args.text(1));
      return regex === undefined
        ? 'needs a regular expression'
        : onText((value) => substitute(regex, value, replacement, flags.includes('g')));
    },
  },
  strcmp: {
    from: 'str',
    to: 'sint',
    args: [required('variable', variable)],
    reads: ['variables'],
    doc: 'Compares with a variable: 0 when equal, below or above 0 by order. No value when the variable is not set.',
    example: 'hdr(host),strcmp(txn.host)',
    compile(args) {
      const name = args.text(0);
      return onText((value, on) => {
        if (on.variables?.get(name) === undefined) return undefined;
        return Buffer.compare(Buffer.from(value, 'latin1'), Buffer.from(variableText(name, on), 'latin1'));
      });
    },
  },
};

function lowerCase(value: string): string {
  return BEYOND_ASCII.test(value) ? value.replace(CAPITAL, (letters) => letters.toLowerCase()) : value.toLowerCase();
}

/** HAProxy's http_get_host_port: the port is what follows the last colon, unless that is inside the brackets of an IPv6 address. */
function withoutPort(host: string): string {
  const colon = host.lastIndexOf(':');
  return colon > host.lastIndexOf(']') ? host.slice(0, colon) : host;
}
