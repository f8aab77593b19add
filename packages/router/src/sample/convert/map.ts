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
import { compileReplacement, regexOf } from '../regex.ts';
import type { Converter, Step } from '../row.ts';
import { SegmentCache } from '../edited-list.ts';
import type { EditedList, Entry } from '../edited-list.ts';
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

/** The line that a sample finds. */
type Lookup = (key: Value) => MapLine | undefined;

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
  const found = new Map<Value, MapLine>();
  for (const line of lines) if (!found.has(line.key)) found.set(line.key, line);
  return (key) => found.get(key);
}

/** The longest key that the sample begins with, as HAProxy's prefix tree gives it. */
function prefix(lines: readonly MapLine[]): Lookup {
  const { keyed, look } = keysOf(lines, 'beg');
  let found: MapLine | undefined;
  const longest = (number: number): boolean => {
    found = keyed[number];
    return true;
  };
  return (key) => (look(textOf(key), longest) ? found : undefined);
}

/** The first line whose key passes, in file order. */
function first(lines: readonly MapLine[], test: TextTest): Lookup {
  return (key) => lines.find((line) => test(textOf(key), line.key));
}

/** The same for what can be looked up. */
function firstOf(lines: readonly MapLine[], match: 'end' | 'dir' | 'dom'): Lookup {
  const { keyed, look } = keysOf(lines, match);
  let found = Infinity;
  const least = (number: number): boolean => {
    if (number < found) found = number;
    return false;
  };
  return (key) => {
    found = Infinity;
    look(textOf(key), least);
    return keyed[found];
  };
}

/** The first line of each key, in file order, and the look-up of their keys. */
function keysOf(lines: readonly MapLine[], match: LookupName): { keyed: readonly MapLine[]; look: TextLookup } {
  const keyed = new Map<string, MapLine>();
  for (const line of lines) if (!keyed.has(line.key)) keyed.set(line.key, line);
  return { keyed: [...keyed.values()], look: lookups[match]([...keyed.keys()]) };
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
  const entries: { readonly regex: Regex; readonly line: MapLine }[] = [];
  for (const line of lines) {
    const compiled = regexOf(Buffer.from(line.key, 'latin1').toString('utf8'), false);
    if (compiled.regex === undefined) return `line ${line.line}: ${compiled.problems.join('; ')}`;
    entries.push({ regex: compiled.regex, line });
  }
  return (key) => {
    const text = textOf(key);
    const found = entries.find(({ regex }) => regex.test(text));
    const captured = groups ? found?.regex.match(text) : undefined;
    if (found === undefined || captured === undefined) return found?.line;
    return { ...found.line, value: compileReplacement(found.line.value)(text, captured) };
  };
}

function integers(lines: readonly MapLine[]): Lookup | string {
  const ranges: { readonly low: number; readonly high: number; readonly line: MapLine }[] = [];
  for (const line of lines) {
    const range = parseRange(line.key, 'eq');
    if (range === undefined) return `line ${line.line}: '${line.key}' is not an integer or a range LOW:HIGH`;
    ranges.push({ ...range, line });
  }
  return (key) =>
    typeof key === 'number' || typeof key === 'bigint'
      ? ranges.find(({ low, high }) => key >= low && key <= high)?.line
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
  return (key) => lines[find(textOf(key))];
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
    reads: (args) => (args.context.edited?.read(args.raw(0)) === undefined ? [] : ['state']),
    compile(args) {
      const use = { match: match === 'regm' ? 'reg' : match, folded: false, output: to };
      return compileMap(args, match, value, kind, use);
    },
  };
}

/** The same for a map that rules edit: each segment is looked up by itself, and the best line of all counts. Keys that are none are passed over. */
function editedLookup(list: EditedList, match: keyof typeof MATCHES): Lookup {
  if (match === 'str') return (key) => asLine(list.get(textOf(key)));
  const build: (lines: readonly MapLine[]) => Lookup | string = MATCHES[match];
  const segments = new SegmentCache(list, (entries): Lookup => {
    const lines = entries.map((entry) => ({ ...entry, line: 0 }));
    const built = build(lines);
    if (typeof built !== 'string') return built;
    const rest = build(lines.filter((line) => typeof build([line]) !== 'string'));
    return typeof rest === 'string' ? () => undefined : rest;
  });
  const rank = match === 'beg' ? ({ key }: MapLine): number => key.length : match === 'ip' ? narrowness : () => 0;
  return (key) => {
    let best: MapLine | undefined;
    for (const look of segments) {
      const found = look(key);
      if (found !== undefined && (best === undefined || rank(found) > rank(best))) best = found;
    }
    return best;
  };
}

function asLine(entry: Entry | undefined): MapLine | undefined {
  return entry === undefined ? undefined : { ...entry, line: 0 };
}

function narrowness({ key }: MapLine): number {
  return parseCidr(key)?.bits ?? -1;
}

function compileMap(
  args: Args,
  match: keyof typeof MATCHES,
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
  const sound = MATCHES[match](lines);
  if (typeof sound === 'string') return `${file}, ${sound}`;
  const edited = args.context.edited?.find(file);
  if (args.at !== undefined) args.context.lists?.file(file, 'map', content, args.at, use, undefined, edited);
  const lookup = edited === undefined ? sound : editedLookup(edited, match);
  const otherwise = args.has(1) ? valueOf(args.text(1)) : undefined;
  return (key) => {
    const found = lookup(key)?.value;
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
