import type { DataTypeName } from './data-types.ts';
import type { StickTable } from './stick-table.ts';
import type { TableEntry } from './table-entry.ts';

/** The tables of a configuration, by name. */
export type Tables = ReadonlyMap<string, StickTable>;

/** A key that a connection or a request is tracked by. */
export interface Tracked {
  readonly table: StickTable;
  readonly entry: TableEntry;
}

/**
 * What one connection, or one exchange on it, is tracked by (HAProxy's `track-sc0` to `track-sc2`): a tracked key per slot. An
 * exchange sees the keys of its connection where it has none of its own, and its events count for those it sees.
 */
export class Tracking {
  readonly tables: Tables;
  readonly #connection: Tracking | undefined;
  readonly #own: (Tracked | undefined)[] = [];
  #requested: boolean;
  /** What the server's status counts as. */
  #outcome: 'http_err_cnt' | 'http_fail_cnt' | undefined = undefined;

  /**
   * `connection`: what the connection of an exchange is tracked by. `requested`: its request is counted for keys as they are tracked,
   * and nothing was tracked before it came.
   */
  constructor(tables: Tables, connection?: Tracking, requested = false) {
    this.tables = tables;
    this.#connection = connection;
    this.#requested = requested;
  }

  /** What is tracked in a slot; the connection's where the exchange tracks nothing there. */
  tracked(slot: number): Tracked | undefined {
    return this.#own[slot] ?? this.#connection?.tracked(slot);
  }

  /** Tracks a key until `release`, in a slot in which neither this nor the connection tracks one. A full table tracks nothing. */
  track(slot: number, table: StickTable, key: string): void {
    if (this.tracked(slot) !== undefined) return;
    const entry = table.obtain(key);
    if (entry === undefined) return;
    this.#own[slot] = { table, entry };
    table.refer(entry, 1);
    table.count(entry, 'conn_cur');
    table.count(entry, 'conn_cnt');
    // A request that was counted before its key was known counts for it too.
    if (this.#requested) table.count(entry, 'http_req_cnt');
    if (this.#outcome !== undefined) table.count(entry, this.#outcome);
    table.touch(entry);
  }

  /** The connection passed the session rules. */
  accepted(): void {
    this.#count('sess_cnt');
  }

  /** A request has come. Called once for each exchange; on a connection's counters for a request that no exchange began for. */
  requested(): void {
    this.#requested = true;
    this.#count('http_req_cnt');
  }

  /** The server answered: 4xx is blamed on the client, 5xx other than 501 and 505 on the server. */
  answered(status: number): void {
    if (status < 400 || status > 599 || status === 501 || status === 505) return;
    this.#outcome = status < 500 ? 'http_err_cnt' : 'http_fail_cnt';
    this.#count(this.#outcome);
  }

  /** The client is to blame: its request was invalid, or was denied by a rule. */
  erred(): void {
    this.#count('http_err_cnt');
  }

  /** The server is to blame: it did not answer, or what it answered was invalid. */
  failed(): void {
    this.#count('http_fail_cnt');
  }

  /** Bytes that came from the client and went to it. */
  transferred(received: number, sent: number): void {
    if (received > 0) this.#count('bytes_in_cnt', received);
    if (sent > 0) this.#count('bytes_out_cnt', sent);
  }

  /** The exchange, or the connection, has ended: its own keys are tracked no longer. */
  release(): void {
    for (const tracked of this.#own) {
      if (tracked === undefined) continue;
      const { table, entry } = tracked;
      table.discount(entry, 'conn_cur');
      table.touch(entry);
      table.refer(entry, -1);
    }
    this.#own.length = 0;
  }

  #count(type: DataTypeName, by = 1): void {
    const slots = Math.max(this.#own.length, this.#connection?.slots ?? 0);
    for (let slot = 0; slot < slots; slot += 1) {
      const tracked = this.tracked(slot);
      if (tracked !== undefined && tracked.table.count(tracked.entry, type, by)) tracked.table.touch(tracked.entry);
    }
  }

  get slots(): number {
    return this.#own.length;
  }
}
