import { reasonFor } from '@headgate/shared/process/regular-file';
import { isIP } from 'node:net';
import type { Regex } from '@headgate/shared/regex/compile';
import { narrowest, parseCidr } from '@headgate/shared/net/cidr';
import type { Cidr } from '@headgate/shared/net/cidr';
import type { ListUse } from '../../model/pattern-list.ts';
import type { Sint, Value } from '../../model/values.ts';
import { integer, optional, required } from '../arguments.ts';
import type { Args, Argument } from '../arguments.ts';
import { parseRange } from '../range.ts';
import { expand, regexOf } from '../regex.ts';
import type { Converter, Step } from '../row.ts';
import { lookups } from '../text-lookup.ts';
import type { Lookup as TextLookup, LookupName } from '../text-lookup.ts';
import { directory, domain } from '../text-match.ts';
import type { TextTest } from '../text-match.ts';
import { bytesOf, leadingInteger, textOf } from '../value.ts';

/** One line of a map file: a key, blanks, and its value. */
interface MapLine {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

type Lookup = (key: Value) => string | undefined;

/** Lines of `KEY VALUE`; blank lines and lines that begin with `#` are skipped. */
function linesOf(text: string): readonly MapLine[] {
  return text.split('\n').flatMap((whole, index) => {
    const [, key, value = ''] = /^[ \t]*([^ \t\r]+)(?:[ \t]+(.*?))?[ \t\r]*$/.exec(whole) ?? [];
    return key === undefined || whole.startsWith('#')
      ? []
      : [{ key: bytesOf(key), value: bytesOf(value), line: index + 1 }];
  });
}

/** The first line of each key, by hash look-up. */
function exact(lines: readonly MapLine[]): Lookup {
  const values = new Map<Value, string>();
  for (const { key, value } of lines) if (!values.has(key)) values.set(key, value);
  return (key) => values.get(key);
}

/** The longest key that the sample begins with, as HAProxy's prefix tree gives it. */
function prefix(lines: readonly MapLine[]): Lookup {
  const { values, look } = keysOf(lines, 'beg');
  let found: string | undefined;
  const longest = (number: number): boolean => {
    found = values[number];
    return true;
  };
  return (key) => (look(textOf(key), longest) ? found : undefined);
}

/** The first line whose key passes, in file order. */
function first(lines: readonly MapLine[], test: TextTest): Lookup {
  return (key) => lines.find((line) => test(textOf(key), line.key))?.value;
}

/** The same for what can be looked up. */
function firstOf(lines: readonly MapLine[], match: 'end' | 'dir' | 'dom'): Lookup {
  const { values, look } = keysOf(lines, match);
  let found = Infinity;
  const least = (number: number): boolean => {
    if (number < found) found = number;
    return false;
  };
  return (key) => {
    found = Infinity;
    look(textOf(key), least);
    return values[found];
  };
}

/** The keys, each once and in file order, and the value of each. */
function keysOf(lines: readonly MapLine[], match: LookupName): { values: readonly string[]; look: TextLookup } {
  const values = new Map<string, string>();
  for (const { key, value } of lines) if (!values.has(key)) values.set(key, value);
  return { values: [...values.values()], look: lookups[match]([...values.keys()]) };
}

const MATCHES = {
  str: exact,
  beg: prefix,
  end: (lines) => firstOf(lines, 'end'),
  sub: (lines) => first(lines, (sample, key) => sample.includes(key)),
  dir: (lines) => firstOf(stripped(lines, directory.strip), 'dir'),
  dom: (lines) => firstOf(stripped(lines, domain.strip), 'dom'),
  int: integers,
  reg: (lines) => expressions(lines, false),
  /** As `reg`; the value may hold `\\1` for what a group captured. */
  regm: (lines) => expressions(lines, true),
  ip: networks,
} as const satisfies Record<string, (lines: readonly MapLine[]) => Lookup | string>;

function stripped(lines: readonly MapLine[], strip: (text: string) => string): readonly MapLine[] {
  return lines.flatMap((line) => {
    const key = strip(line.key);
    return key === '' ? [] : [{ ...line, key }];
  });
}

/** The first line whose regular expression matches. */
function expressions(lines: readonly MapLine[], groups: boolean): Lookup | string {
  const entries: { readonly regex: Regex; readonly value: string }[] = [];
  for (const { key, value, line } of lines) {
    const compiled = regexOf(Buffer.from(key, 'latin1').toString('utf8'), false);
    if (compiled.regex === undefined) return `line ${line}: ${compiled.problems.join('; ')}`;
    entries.push({ regex: compiled.regex, value });
  }
  return (key) => {
    const text = textOf(key);
    const found = entries.find(({ regex }) => regex.test(text));
    const captured = groups ? found?.regex.match(text) : undefined;
    return found === undefined || captured === undefined ? found?.value : expand(found.value, text, captured);
  };
}

function integers(lines: readonly MapLine[]): Lookup | string {
  const ranges: { readonly low: number; readonly high: number; readonly value: string }[] = [];
  for (const { key, value, line } of lines) {
    const range = parseRange(key, 'eq');
    if (range === undefined) return `line ${line}: '${key}' is not an integer or a range LOW:HIGH`;
    ranges.push({ ...range, value });
  }
  return (key) =>
    typeof key === 'number' || typeof key === 'bigint'
      ? ranges.find(({ low, high }) => key >= low && key <= high)?.value
      : undefined;
}

/** The narrowest network the address is in. */
function networks(lines: readonly MapLine[]): Lookup | string {
  const keys: Cidr[] = [];
  for (const { key, line } of lines) {
    const network = parseCidr(key);
    if (network === undefined) return `line ${line}: '${key}' is not an address or a network`;
    keys.push(network);
  }
  const find = narrowest(keys);
  return (key) => lines[find(textOf(key))]?.value;
}

type Output = 'str' | 'int' | 'ip';

const OUTPUTS: Readonly<
  Record<
    Output,
    {
      readonly to: Converter['to'];
      readonly kind: string;
      readonly value: (text: string) => Value | undefined;
      readonly otherwise: Argument;
    }
  >
> = {
  str: { to: 'str', kind: 'a text', value: (text) => text, otherwise: optional('default') },
  int: {
    to: 'sint',
    kind: 'an integer',
    value: (text): Sint | undefined => (/^[+-]?\d+$/.test(text) ? leadingInteger(text) : undefined),
    otherwise: optional('default', integer),
  },
  ip: {
    to: 'addr',
    kind: 'an address',
    value: (text) => (isIP(text) === 0 ? undefined : text),
    otherwise: optional('default', (text) => (isIP(text) === 0 ? `'${text}' is not an address` : undefined)),
  },
};

function map(match: keyof typeof MATCHES, output: Output, name: string): Converter {
  const { to, kind, value, otherwise } = OUTPUTS[output];
  return {
    from: match === 'int' ? 'sint' : match === 'ip' ? 'addr' : 'str',
    to,
    args: [required('file'), otherwise],
    doc: `The value in a map file for the sample as key, compared by ${match}; the default, or no value, when no key matches.`,
    example: `${match === 'int' ? 'dst_port' : match === 'ip' ? 'src' : 'path'},${name}(/etc/headgate/example.map)`,
    compile(args) {
      const use = { match: match === 'regm' ? 'reg' : match, folded: false, output: to };
      return compileMap(args, MATCHES[match], value, kind, use);
    },
  };
}

function compileMap(
  args: Args,
  build: (lines: readonly MapLine[]) => Lookup | string,
  valueOf: (text: string) => Value | undefined,
  kind: string,
  use: ListUse,
): Step | string {
  const file = args.raw(0);
  const content = args.context.readFile(file);
  if (typeof content !== 'string') return `cannot read the map '${file}'${reasonFor(content)}`;
  const lines = linesOf(content);
  const wrong = lines.find((line) => valueOf(line.value) === undefined);
  if (wrong !== undefined) return `${file}, line ${wrong.line}: '${wrong.value}' is not ${kind}`;
  const lookup = build(lines);
  if (typeof lookup === 'string') return `${file}, ${lookup}`;
  if (args.at !== undefined) args.context.lists?.file(file, 'map', content, args.at, use);
  const otherwise = args.has(1) ? valueOf(args.text(1)) : undefined;
  return (key) => {
    const found = lookup(key);
    return found === undefined ? otherwise : (valueOf(found) ?? otherwise);
  };
}

/** Maps: keys and values in a file (HAProxy manual §7.3.1, map). `map` alone is `map_str`, and `_str` may follow any of them. */
export const maps: Readonly<Record<string, Converter>> = Object.fromEntries(
  (['str', 'beg', 'end', 'sub', 'dir', 'dom', 'reg', 'int', 'ip'] as const).flatMap((match): [string, Converter][] => {
    const names: [string, Output][] = [
      [`map_${match}`, 'str'],
      [`map_${match}_int`, 'int'],
      [`map_${match}_ip`, 'ip'],
    ];
    if (match === 'str') names.unshift(['map', 'str']);
    const rows = names.map(([name, output]): [string, Converter] => [name, map(match, output, name)]);
    if (match === 'reg') rows.push(['map_regm', map('regm', 'str', 'map_regm')]);
    return rows;
  }),
);
