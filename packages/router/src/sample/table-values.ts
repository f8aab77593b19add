import type { DataTypeName } from '../tables/data-types.ts';
import type { StickTable } from '../tables/stick-table.ts';
import type { TableEntry } from '../tables/table-entry.ts';

/**
 * What can be read of an entry of a stick table, by the end of the keyword: `sc0_conn_rate`, `src_conn_rate` and `table_conn_rate` read the
 * same value. Undefined: the table does not store it.
 */
export interface TableValue {
  readonly doc: string;
  /** One of an array: its index is the first argument. */
  readonly indexed?: true;
  readonly read: (table: StickTable, entry: TableEntry, index: number) => number | undefined;
}

function stored(type: DataTypeName, doc: string, scale: (value: number) => number = (value) => value): TableValue {
  return {
    doc,
    read: (table, entry) => {
      const value = table.read(entry, type);
      return value === undefined ? undefined : scale(value);
    },
  };
}

/** `gpc0` is the first of the array `gpc` where the table stores that instead. */
function general(type: DataTypeName, array: DataTypeName, index: number, doc: string): TableValue {
  return { doc, read: (table, entry) => table.read(entry, type) ?? table.read(entry, array, index) };
}

function element(array: DataTypeName, doc: string): TableValue {
  return { doc, indexed: true, read: (table, entry, index) => table.read(entry, array, index) };
}

const kilobytes = (bytes: number): number => Math.floor(bytes / 1024);

/** Values that every family has under the same name. */
export const tableValues = {
  bytes_in_rate: stored('bytes_in_rate', 'Bytes from clients per period.'),
  bytes_out_rate: stored('bytes_out_rate', 'Bytes to clients per period.'),
  conn_cnt: stored('conn_cnt', 'How often the key was tracked.'),
  conn_cur: stored('conn_cur', 'Connections, or requests, that track the key now.'),
  conn_rate: stored('conn_rate', 'How often the key was tracked, per period.'),
  gpc0_rate: general('gpc0_rate', 'gpc_rate', 0, 'Increments of the first general counter per period.'),
  gpc1_rate: general('gpc1_rate', 'gpc_rate', 1, 'Increments of the second general counter per period.'),
  gpc_rate: element('gpc_rate', 'Increments of a general counter per period.'),
  http_err_cnt: stored('http_err_cnt', 'Requests that were invalid, denied, or answered 4xx by the server.'),
  http_err_rate: stored('http_err_rate', 'Such requests per period.'),
  http_fail_cnt: stored('http_fail_cnt', 'Requests that the server answered 5xx, or not at all.'),
  http_fail_rate: stored('http_fail_rate', 'Such requests per period.'),
  http_req_cnt: stored('http_req_cnt', 'Requests.'),
  http_req_rate: stored('http_req_rate', 'Requests per period.'),
  kbytes_in: stored('bytes_in_cnt', 'Bytes from clients, divided by 1024.', kilobytes),
  kbytes_out: stored('bytes_out_cnt', 'Bytes to clients, divided by 1024.', kilobytes),
  sess_cnt: stored('sess_cnt', 'Connections that the session rules accepted.'),
  sess_rate: stored('sess_rate', 'Connections that the session rules accepted, per period.'),
} as const satisfies Record<string, TableValue>;

/** General counters and tags, which fetches call `get_gpc0` and converters `gpc0`. */
export const generalValues = {
  gpc0: general('gpc0', 'gpc', 0, 'The first general counter.'),
  gpc1: general('gpc1', 'gpc', 1, 'The second general counter.'),
  gpc: element('gpc', 'A general counter.'),
  gpt0: general('gpt0', 'gpt', 0, 'The first tag.'),
  gpt: element('gpt', 'A tag.'),
} as const satisfies Record<string, TableValue>;

/** The general counters by the name in `inc_gpc0` and `sc-inc-gpc0`. */
export type GeneralCounter = 'gpc0' | 'gpc1' | 'gpc';

/** Where a general counter is in a table: alone, or in the array. */
function placeOf(table: StickTable, name: GeneralCounter, index: number): readonly [DataTypeName, number] {
  if (name === 'gpc') return ['gpc', index];
  const alone = table.stores(name) || table.stores(`${name}_rate`);
  return alone ? [name, 0] : ['gpc', name === 'gpc0' ? 0 : 1];
}

/** Increments a general counter and its rate, and renews the entry. */
export function increment(table: StickTable, entry: TableEntry, name: GeneralCounter, index: number, by = 1): void {
  const [type, at] = placeOf(table, name, index);
  if (table.count(entry, type, by, at)) table.touch(entry);
}

/** The counter, or where only its rate is stored the increments of the current period: what `inc_gpc0` returns. */
export function counted(table: StickTable, entry: TableEntry, name: GeneralCounter, index: number): number {
  const [type, at] = placeOf(table, name, index);
  return table.read(entry, type, at) ?? table.readCurrent(entry, `${type}_rate` as DataTypeName, at) ?? 0;
}

/** Clears a general counter and its rate. */
export function clear(table: StickTable, entry: TableEntry, name: GeneralCounter, index: number): void {
  const [type, at] = placeOf(table, name, index);
  table.set(entry, type, 0, at);
  table.set(entry, `${type}_rate` as DataTypeName, 0, at);
  table.touch(entry);
}
