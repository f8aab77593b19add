/** What a stick table can store per key (HAProxy configuration manual, `stick-table … store`). */
export interface DataType {
  /** `counter`: counted up and down. `rate`: per period. `number`: set. `text`: set. */
  readonly kind: 'counter' | 'rate' | 'number' | 'text';
  /** `array`: `gpc(4)`, an array of the given size. */
  readonly array?: true;
  /** The rate updated with this count when both are stored. */
  readonly rate?: string;
  readonly doc: string;
}

/** In the order in which HAProxy prints them. */
export const dataTypes = {
  server_id: { kind: 'number', doc: 'the server that the key sticks to' },
  gpt0: { kind: 'number', doc: 'a tag that rules set' },
  gpc0: { kind: 'counter', rate: 'gpc0_rate', doc: 'a counter that rules increment' },
  gpc0_rate: { kind: 'rate', doc: 'its increments per period' },
  conn_cnt: { kind: 'counter', rate: 'conn_rate', doc: 'connections opened' },
  conn_rate: { kind: 'rate', doc: 'connections opened per period' },
  conn_cur: { kind: 'counter', doc: 'connections open now' },
  sess_cnt: { kind: 'counter', rate: 'sess_rate', doc: 'connections accepted by the session rules' },
  sess_rate: { kind: 'rate', doc: 'connections accepted by the session rules, per period' },
  http_req_cnt: { kind: 'counter', rate: 'http_req_rate', doc: 'requests' },
  http_req_rate: { kind: 'rate', doc: 'requests per period' },
  http_err_cnt: { kind: 'counter', rate: 'http_err_rate', doc: 'requests answered 4xx, and those that were invalid' },
  http_err_rate: { kind: 'rate', doc: 'such requests per period' },
  bytes_in_cnt: { kind: 'counter', rate: 'bytes_in_rate', doc: 'bytes from clients' },
  bytes_in_rate: { kind: 'rate', doc: 'bytes from clients per period' },
  bytes_out_cnt: { kind: 'counter', rate: 'bytes_out_rate', doc: 'bytes to clients' },
  bytes_out_rate: { kind: 'rate', doc: 'bytes to clients per period' },
  gpc1: { kind: 'counter', rate: 'gpc1_rate', doc: 'a second counter that rules increment' },
  gpc1_rate: { kind: 'rate', doc: 'its increments per period' },
  server_key: { kind: 'text', doc: 'the name of that server' },
  http_fail_cnt: { kind: 'counter', rate: 'http_fail_rate', doc: 'requests answered 5xx, other than 501 and 505' },
  http_fail_rate: { kind: 'rate', doc: 'such requests per period' },
  gpt: { kind: 'number', array: true, doc: 'tags that rules set' },
  gpc: { kind: 'counter', array: true, rate: 'gpc_rate', doc: 'counters that rules increment' },
  gpc_rate: { kind: 'rate', array: true, doc: 'their increments per period' },
} as const satisfies Record<string, DataType>;

export type DataTypeName = keyof typeof dataTypes;

const RANKS = new Map(Object.keys(dataTypes).map((name, rank) => [name, rank]));

/** In the order of the table above. */
export function ranked(stored: readonly Stored[]): readonly Stored[] {
  return stored.toSorted((a, b) => (RANKS.get(a.type) ?? 0) - (RANKS.get(b.type) ?? 0));
}

/** One data type stored by a table. */
export interface Stored {
  readonly type: DataTypeName;
  /** Period of a rate in milliseconds, otherwise 0. */
  readonly period: number;
  /** Number of values: 1 unless the type is an array. */
  readonly size: number;
}

export function isDataType(name: string): name is DataTypeName {
  return Object.hasOwn(dataTypes, name);
}
