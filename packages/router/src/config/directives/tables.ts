/** Stick tables. */
import type { Cursor } from '@headgate/shared/config/cursor';
import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { MAX_DURATION, durationBeforeRest, parseDuration } from '@headgate/shared/config/units';
import { dataTypes, isDataType } from '../../tables/data-types.ts';
import type { DataType, DataTypeName, Stored } from '../../tables/data-types.ts';
import type { KeyType, TableSpec } from '../../tables/stick-table.ts';
import { hasNoEffect } from '../directive.ts';
import type { ProxyDirective } from '../directive.ts';
import { PROXIES } from '../sections.ts';

const TYPES = ['ip', 'ipv6', 'integer', 'string', 'binary'] as const satisfies readonly KeyType[];
const WORDS = ['type', 'size', 'expire', 'nopurge', 'peers', 'srvkey', 'write-to', 'store', 'brates-factor'] as const;
/** Characters of a `string` key and bytes of a `binary` one, without `len`: HAProxy's 32 hold a text and the zero that ends it. */
const LENGTH = { string: 31, binary: 32 } as const;
const MOST_KEYS = 2 ** 32 - 1;
const LONGEST_KEY = 16_384;
const LARGEST_ARRAY = 100;

/** Arrays, and what HAProxy keeps in their first places: one table has one or the other. */
const ARRAYS: readonly (readonly [DataTypeName, readonly DataTypeName[]])[] = [
  ['gpt', ['gpt0']],
  ['gpc', ['gpc0', 'gpc1']],
  ['gpc_rate', ['gpc0_rate', 'gpc1_rate']],
];

function checkArrays(stored: readonly Stored[], { at }: Word, problems: Problems): void {
  const has = (name: DataTypeName): boolean => stored.some(({ type }) => type === name);
  for (const [array, places] of ARRAYS)
    for (const place of places)
      if (has(array) && has(place))
        problems.error(
          at,
          `a table stores '${array}' or '${place}', not both: write '${array}(2…)' and its index ${place.startsWith(`${array.slice(0, 3)}1`) ? 1 : 0} instead of '${place}'`,
        );
}

/** Adds the data types of one word: `gpc0,conn_rate(3s),gpc_rate(2,10s)`. */
function readStored(word: Word, stored: Stored[], problems: Problems): void {
  for (const text of word.text.split(/,(?![^(]*\))/)) {
    if (text === '') continue;
    const one = storedOf(text, word, problems);
    if (one === undefined) continue;
    if (stored.some(({ type }) => type === one.type))
      problems.warning(word.at, `'${one.type}' is stored already: given again it has no effect`);
    else stored.push(one);
  }
}

function storedOf(text: string, { at }: Word, problems: Problems): Stored | undefined {
  const [, name = '', list] = /^([^()]*)(?:\(([^()]*)\))?$/.exec(text) ?? [];
  if (!isDataType(name)) {
    problems.error(
      at,
      `unknown data type '${name === '' ? text : name}' of a stick table`,
      nearest(name, Object.keys(dataTypes)),
    );
    return undefined;
  }
  const given = list === undefined || list === '' ? [] : list.split(',');
  const wanted = argumentsOf(name);
  if (given.length !== wanted.length) {
    problems.error(
      at,
      wanted.length === 0
        ? `'${name}' accepts no argument`
        : `'${name}' needs ${wanted.join(' and ')}: ${name}(${wanted.length === 2 ? '2,10s' : wanted[0] === 'a period' ? '10s' : '2'})`,
    );
    return undefined;
  }
  const { array, kind }: DataType = dataTypes[name];
  const size = array === true ? Number(given[0]) : 1;
  if (!Number.isInteger(size) || size < 1 || size > LARGEST_ARRAY) {
    problems.error(at, `'${name}': '${given[0]}' is not a number of values from 1 to ${LARGEST_ARRAY}`);
    return undefined;
  }
  const written = given.at(-1) ?? '';
  const period = kind === 'rate' ? parseDuration(durationBeforeRest(written) ?? written) : { value: 0 };
  if ('error' in period) {
    problems.error(at, `'${name}': ${period.error}`);
    return undefined;
  }
  if (kind === 'rate' && period.value === 0) {
    problems.error(at, `'${name}': a period of 0 measures nothing`);
    return undefined;
  }
  return { type: name, period: period.value, size };
}

function argumentsOf(name: DataTypeName): readonly string[] {
  const { array, kind }: DataType = dataTypes[name];
  return [...(array === true ? ['a number of values'] : []), ...(kind === 'rate' ? ['a period'] : [])];
}

/** The words behind `stick-table`; undefined after a problem. */
export function readTable(cursor: Cursor, name: string, problems: Problems): TableSpec | undefined {
  const { at } = cursor;
  const before = problems.list.length;
  const stored: Stored[] = [];
  let type: KeyType | undefined;
  let length: number | undefined;
  let size: number | undefined;
  let expire = 0;
  let nopurge = false;
  let serverKey: TableSpec['serverKey'];
  while (cursor.peek() !== undefined) {
    const word = cursor.choice('word', WORDS);
    const where = cursor.at;
    switch (word) {
      case 'type':
        type = cursor.choice('type', TYPES);
        if (cursor.accept('len')) length = cursor.integer('a number of bytes', 1, LONGEST_KEY);
        break;
      case 'size':
        size = cursor.size('a number of keys');
        break;
      case 'expire':
        expire = cursor.duration('a duration') ?? 0;
        break;
      case 'nopurge':
        nopurge = true;
        break;
      case 'peers':
        cursor.need('the name of a peers section');
        hasNoEffect(where, 'peers', 'tables are not shared between routers; this one counts for itself', problems);
        break;
      case 'write-to':
        cursor.need('the name of a table');
        hasNoEffect(where, 'write-to', 'tables are not shared between routers', problems);
        break;
      case 'srvkey':
        serverKey = cursor.choice('server key', ['name', 'addr']);
        break;
      case 'brates-factor':
        cursor.integer('a factor', 1, 1024);
        hasNoEffect(where, 'brates-factor', 'rates of bytes are counted in full', problems);
        break;
      case 'store': {
        const list = cursor.need('data types');
        if (list === undefined) break;
        readStored(list, stored, problems);
        checkArrays(stored, list, problems);
        break;
      }
      case undefined:
        cursor.rest();
        return undefined;
    }
  }
  if (problems.list.slice(before).some(({ severity }) => severity === 'error')) return undefined;
  if (type === undefined) problems.error(at, `a stick table needs a 'type': ${TYPES.join(', ')}`);
  else if (size === undefined || size === 0 || size > MOST_KEYS)
    problems.error(at, "a stick table needs a 'size', the most keys it may hold: size 100k");
  else if (length !== undefined && type !== 'string' && type !== 'binary')
    problems.error(at, `keys of type ${type} have no 'len'`);
  else {
    const bytes = type === 'string' || type === 'binary' ? (length ?? LENGTH[type]) : 0;
    return {
      name,
      type,
      length: bytes,
      size,
      expire: Math.min(expire, MAX_DURATION),
      nopurge,
      stored,
      ...(serverKey !== undefined && { serverKey }),
    };
  }
  return undefined;
}

export const tables = {
  'stick-table': {
    sections: PROXIES,
    doc: 'Keys and their counters, for limits and stickiness: `stick-table type ip|ipv6|integer|string [len N]|binary [len N] size N[k|m|g] [expire DURATION] [nopurge] [store DATA,…]`. Rules track keys with `track-sc0`; fetches (`sc_http_req_rate`) and converters (`table_conn_cur`) read them. A full table evicts the keys that would expire first. See [limits](limits.md).',
    example: 'stick-table type ip size 100k expire 30s store http_req_rate(10s),conn_cur',
    strict: true,
    apply(cursor, draft, { problems }) {
      const { at } = cursor;
      const spec = readTable(cursor, draft.name, problems);
      if (spec === undefined) return;
      if (draft.tables.length > 0) problems.error(at, `'${draft.name}' has a 'stick-table' already`);
      else draft.tables.push({ spec, at });
    },
  },
} as const satisfies Record<string, ProxyDirective>;
