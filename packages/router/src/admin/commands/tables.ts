import { isDataType, ranked, type DataTypeName } from '../../tables/data-types.ts';
import { tableKey } from '../../sample/table-key.ts';
import type { StickTable } from '../../tables/stick-table.ts';
import type { TableEntry } from '../../tables/table-entry.ts';
import type { Commands } from '../command.ts';
import type { Desk } from '../desk.ts';

/** Lines of one answer: a table may hold a million keys. */
const MOST_KEYS = 100_000;

/** Comparisons of a filter: `data.gpc0 gt 10`. */
const OPERATORS: Readonly<Record<string, (one: number, other: number) => boolean>> = {
  eq: (one, other) => one === other,
  ne: (one, other) => one !== other,
  le: (one, other) => one <= other,
  ge: (one, other) => one >= other,
  lt: (one, other) => one < other,
  gt: (one, other) => one > other,
};

const NO_TABLE = 'No such table\n';
const FILTER = 'Optional argument only supports "data.<store_data_type>" <operator> <value> and key <key>\n';

type Filter = (entry: TableEntry) => boolean;

export const tables = {
  'show table': {
    usage: '<table> [<filter>]*',
    text: "report table usage stats or dump this table's contents (filter: data/key)",
    level: 'user',
    run([name, ...filter], { router }, { level }) {
      const all = [...router.tables.values()];
      // In HAProxy's order, which is the reverse of the file's.
      if (name === undefined) return all.toReversed().map(headerOf).join('');
      const table = router.tables.get(name);
      if (table === undefined) return NO_TABLE;
      // As in HAProxy, the keys are not for level user.
      if (level === 'user') return headerOf(table);
      const wanted = filterOf(table, filter, 'Showing keys from');
      if (typeof wanted === 'string') return wanted;
      if (filter[0] === 'key' && wanted.entries.length === 0) return '';
      return (
        headerOf(table) +
        wanted.entries
          .slice(0, MOST_KEYS)
          .map((entry, at) => lineOf(table, entry, at))
          .join('')
      );
    },
  },
  'clear table': {
    usage: '<table> [<filter>]*',
    text: 'remove an entry from a table (filter: data/key)',
    level: 'operator',
    run: (args, desk) => clear(args, desk),
  },
  'set table': {
    usage: '<table> key <k> [data.* <v>]*',
    text: "update or create a table entry's data",
    level: 'operator',
    run: (args, desk) => set(args, desk),
  },
} as const satisfies Commands;

function headerOf(table: StickTable): string {
  // Keys that have expired since the last cleaning are not listed, so they must not be counted either.
  table.expire();
  const { spec, used } = table;
  return `# table: ${spec.name}, type: ${spec.type}, size:${spec.size}, used:${used}\n`;
}

/** `0x1: key=192.0.2.1 use=0 exp=29994 gpc0=5 http_req_rate(10000)=3`, data in HAProxy's order. */
function lineOf(table: StickTable, entry: TableEntry, at: number): string {
  const values = ranked(table.spec.stored).flatMap(({ type, period, size }) => {
    const text = table.readText(entry, type);
    // `gpc_rate(2,1s)` is printed as gpc0_rate and gpc1_rate.
    if (type === 'gpt' || type === 'gpc' || type === 'gpc_rate')
      return Array.from(
        { length: size },
        (_, index) =>
          `${type.slice(0, 3)}${index}${type.slice(3)}${per(period)}=${table.read(entry, type, index) ?? 0}`,
      );
    return [`${type}${per(period)}=${text ?? (type === 'server_key' ? '-' : (table.read(entry, type) ?? 0))}`];
  });
  const head = `0x${(at + 1).toString(16)}: key=${keyText(table, entry)} use=${entry.references} exp=${Math.floor(table.remaining(entry))}`;
  return `${[head, ...values].join(' ')}\n`;
}

function per(period: number): string {
  return period === 0 ? '' : `(${period})`;
}

/** Binary keys are printed in hexadecimal digits, as in HAProxy. */
function keyText({ spec }: StickTable, { key }: TableEntry): string {
  return spec.type === 'binary' ? Buffer.from(key, 'latin1').toString('hex').toUpperCase() : printable(key);
}

/** Keys come from clients: one must not be able to begin a line, or a word. */
function printable(key: string): string {
  return key.replaceAll(/[\\\s\p{Cc}]/gu, (char) =>
    char === ' ' || char === '\\' ? `\\${char}` : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

function clear([name = '', ...filter]: readonly string[], { router }: Desk): string {
  if (name === '')
    return 'Required arguments: <table> "data.<store_data_type>" <operator> <value> or <table> key <key>\n';
  const table = router.tables.get(name);
  if (table === undefined) return NO_TABLE;
  const wanted = filterOf(table, filter, 'Removing keys from');
  if (typeof wanted === 'string') return wanted;
  const kept = wanted.entries.filter(({ key }) => !table.remove(key));
  return kept.length > 0 && filter[0] === 'key' ? 'Entry currently in use, cannot remove\n' : '';
}

function set([name = '', word, key, ...data]: readonly string[], { router }: Desk): string {
  if (name === '') return 'Required arguments: <table> key <key> [data.<store_data_type> <value>]*\n';
  const table = router.tables.get(name);
  if (table === undefined) return NO_TABLE;
  if (word === undefined) return '';
  if (word !== 'key') return FILTER;
  if (key === undefined) return 'Key value expected\n';
  const read = keyOf(table, key, 'Inserting keys into');
  if ('wrong' in read) return read.wrong;
  const changes: (readonly [DataTypeName, number | string])[] = [];
  for (let at = 0; at < data.length; at += 2) {
    const word = data[at] ?? '';
    const type = typeOf(table, word);
    const value = data[at + 1];
    if (!word.startsWith('data.')) return '"data.<type>" followed by a value expected\n';
    if (!isDataType(word.slice('data.'.length))) return 'Unknown data type\n';
    if (type === undefined) return 'Data type not stored in this table\n';
    if (value === undefined) return 'Require a valid integer value to store\n';
    if (type !== 'server_key' && !/^\d{1,15}$/.test(value)) return 'Require a valid integer value to store\n';
    changes.push([type, type === 'server_key' ? value : Number(value)]);
  }
  const entry = table.obtain(read.key);
  if (entry === undefined) return 'Unable to allocate a new entry\n';
  for (const [type, value] of changes) table.set(entry, type, value);
  table.touch(entry);
  return '';
}

/** The entries that a filter lets through: `key K`, or up to four of `data.TYPE OPERATOR VALUE`. */
function filterOf(
  table: StickTable,
  words: readonly string[],
  doing: 'Showing keys from' | 'Removing keys from',
): { readonly entries: readonly TableEntry[] } | string {
  if (words[0] === 'key') {
    if (words[1] === undefined) return 'Key value expected\n';
    const read = keyOf(table, words[1], doing);
    if ('wrong' in read) return read.wrong;
    const entry = table.peek(read.key);
    return entry === undefined ? { entries: [] } : { entries: [entry] };
  }
  const filters: Filter[] = [];
  for (let at = 0; at < words.length; at += 3) {
    const [data, operator = '', value = ''] = words.slice(at, at + 3);
    const compare = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
    if (data?.startsWith('data.') !== true) return FILTER;
    const type = typeOf(table, data);
    const entry = `Filter entry #${at / 3 + 1}: `;
    if (!isDataType(data.slice('data.'.length))) return `${entry}Unknown data type\n`;
    if (type === undefined) return `${entry}Data type not stored in this table\n`;
    if (compare === undefined) return `${entry}Require and operator among "eq", "ne", "le", "ge", "lt", "gt"\n`;
    if (!/^\d+$/.test(value)) return `${entry}Require a valid integer value to compare against\n`;
    filters.push((entry) => compare(table.read(entry, type) ?? 0, Number(value)));
  }
  return { entries: [...table.entries()].filter((entry) => filters.every((filter) => filter(entry))) };
}

/** A key as the table stores it. HAProxy reads an invalid address as 0.0.0.0. */
function keyOf(
  { spec: { type, length } }: StickTable,
  text: string,
  doing: 'Showing keys from' | 'Removing keys from' | 'Inserting keys into',
): { readonly key: string } | { readonly wrong: string } {
  if (type === 'binary')
    return { wrong: `${doing} tables of type other than ip, ipv6, string and integer is not supported\n` };
  const number = type !== 'integer' || /^\d{1,10}$/.test(text);
  const key = number ? tableKey({ type, length }, 'str', text) : undefined;
  return key === undefined ? { wrong: 'Invalid key\n' } : { key };
}

/** The data type of `data.gpc0`, if the table stores it. */
function typeOf(table: StickTable, word = ''): DataTypeName | undefined {
  const name = word.slice('data.'.length);
  return word.startsWith('data.') && isDataType(name) && table.stores(name) ? name : undefined;
}
