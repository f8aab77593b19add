import type { FieldList } from '../../model/facts.ts';
import type { Evaluation } from '../../model/evaluation.ts';
import type { Read, Sint } from '../../model/values.ts';
import { isIP } from 'node:net';
import { anyText, headerName, occurrence, optional } from '../arguments.ts';
import type { Args } from '../arguments.ts';
import { itemsOf, someItem } from '../lists.ts';
import { several, single } from '../row.ts';
import type { Fetch, Reading, Test } from '../row.ts';
import { looseInteger, withoutPort } from '../value.ts';

/** A head that fetches read: of the request or of the response. */
interface Head {
  header(name: string): readonly string[];
  readonly fields: FieldList;
}
type HeadOf = (on: Evaluation) => Head;
type Each = (test: Test<string>) => (on: Evaluation) => boolean;
type Lines = (on: Evaluation) => readonly string[];

const NAME = [{ ...headerName, optional: true }, optional('occurrence', occurrence)];

/** The families of header fetches for one kind of head; `prefix` is `req.` or `res.`, `side` names the head in documentation. */
export function headerFetches(
  prefix: 'req.' | 'res.',
  side: string,
  head: HeadOf,
  readOf: (name: string) => Read,
  all: Read,
): Readonly<Record<string, Fetch>> {
  const reads = (args: Args): readonly Read[] => [args.text(0) === '' ? all : readOf(args.text(0).toLowerCase())];
  const lines = (args: Args): Lines => {
    const name = args.text(0).toLowerCase();
    // As in HAProxy: without a name every line.
    if (name === '') return (on) => head(on).fields.values;
    return (on) => head(on).header(name);
  };
  return {
    [`${prefix}hdr`]: {
      type: 'str',
      args: NAME,
      reads,
      doc: `The comma-separated items of every line of a header of the ${side}, or one of them (1 is the first, -1 the last); as a value the last. Without a name, of all headers.`,
      example: `${prefix}hdr(x-forwarded-for,1)`,
      compile: (args) => items(lines(args), args.number(1)),
    },
    [`${prefix}fhdr`]: {
      type: 'str',
      args: NAME,
      reads,
      doc: `The complete lines of a header of the ${side}, or one of them; as a value the last.`,
      example: `${prefix}fhdr(date)`,
      compile: (args) => wholeLines(lines(args), args.number(1)),
    },
    [`${prefix}hdr_cnt`]: {
      type: 'sint',
      args: NAME.slice(0, 1),
      reads,
      doc: 'How many items a header has; an empty line has one, an absent header none. Without a name, of all headers.',
      example: `${prefix}hdr_cnt(cookie)`,
      compile: (args) => {
        const of = lines(args);
        return single('number', (on) => itemsOf(of(on)).length);
      },
    },
    [`${prefix}fhdr_cnt`]: {
      type: 'sint',
      args: NAME.slice(0, 1),
      reads,
      doc: 'How many lines a header has. Without a name, of all headers.',
      example: `${prefix}fhdr_cnt(via)`,
      compile: (args) => {
        const of = lines(args);
        return single('number', (on) => of(on).length);
      },
    },
    [`${prefix}hdr_val`]: {
      type: 'sint',
      args: NAME,
      reads,
      doc: 'The items of a header as integers: the digits they begin with, 0 without.',
      example: `${prefix}hdr_val(content-length)`,
      compile: (args) => asNumbers(items(lines(args), args.number(1))),
    },
    [`${prefix}hdr_ip`]: {
      type: 'addr',
      args: NAME,
      reads,
      doc: 'The items of a header as addresses; a port after an IPv4 address is dropped.',
      example: `${prefix}hdr_ip(x-forwarded-for,-1)`,
      compile: (args) => asAddresses(items(lines(args), args.number(1))),
    },
    [`${prefix}hdr_names`]: {
      type: 'str',
      args: [optional('delimiter', anyText)],
      reads: [all],
      doc: 'The names of all header lines in order, in lower case, joined by a comma or another delimiter.',
      example: `${prefix}hdr_names(:)`,
      compile: (args) => {
        const delimiter = args.text(0, ',');
        return single('text', (on) => head(on).fields.names.join(delimiter));
      },
    },
    [`${prefix}hdrs`]: {
      type: 'bin',
      reads: [all],
      doc: 'All header lines and the final empty line, names in lower case.',
      example: `${prefix}hdrs,length`,
      compile: () =>
        single('text', (on) => {
          const { names, values } = head(on).fields;
          return `${names.map((name, at) => `${name}: ${values[at] ?? ''}\r\n`).join('')}\r\n`;
        }),
    },
    [`${prefix}hdrs_bin`]: {
      type: 'bin',
      reads: [all],
      doc: 'All header lines, each name and value prefixed by its length as a variable integer, ended by two empty ones.',
      example: `${prefix}hdrs_bin,hex`,
      compile: () =>
        single('text', (on) => {
          const { names, values } = head(on).fields;
          return `${names.map((name, at) => counted(name) + counted(values[at] ?? '')).join('')}\0\0`;
        }),
    },
  };
}

/** Every item of every line; with an occurrence one of them. */
function items(lines: Lines, number: number): Reading<'text'> {
  if (number !== 0) return one((on) => itemsOf(lines(on)), number);
  const each: Each = (test) => (on) => {
    for (const line of lines(on)) if (someItem(line, test)) return true;
    return false;
  };
  return several('text', 'last', each);
}

function wholeLines(lines: Lines, number: number): Reading<'text'> {
  if (number !== 0) return one(lines, number);
  const each: Each = (test) => (on) => {
    for (const line of lines(on)) if (test(line)) return true;
    return false;
  };
  return several('text', 'last', each);
}

/** Occurrence 1 is the first, -1 the last. */
function one(list: Lines, number: number): Reading<'text'> {
  return single('text', (on) => list(on).at(number > 0 ? number - 1 : number));
}

/** Texts as integers, as HAProxy reads them. */
export function asNumbers({ one: text, each }: Reading<'text'>): Reading<'number'> {
  return {
    kind: 'number',
    one: (on): Sint | undefined => {
      const found = text(on);
      return found === undefined ? undefined : looseInteger(found);
    },
    each: (test) => each((found) => test(looseInteger(found))),
  };
}

function asAddresses({ one: text, each }: Reading<'text'>): Reading<'text'> {
  return {
    kind: 'text',
    one: (on) => {
      const found = withoutPort(text(on) ?? '');
      return isIP(found) === 0 ? undefined : found;
    },
    each: (test) => each((found) => test(withoutPort(found))),
  };
}

/** HAProxy's variable integer (peers.txt): below 240 one byte, then 4 bits, then 7 bits at a time. */
function counted(text: string): string {
  let rest = text.length;
  if (rest < 240) return String.fromCharCode(rest) + text;
  let head = String.fromCharCode((rest & 0xf) | 240);
  rest = (rest - 240) >>> 4;
  while (rest >= 128) {
    head += String.fromCharCode((rest & 0x7f) | 128);
    rest = (rest - 128) >>> 7;
  }
  return head + String.fromCharCode(rest) + text;
}
