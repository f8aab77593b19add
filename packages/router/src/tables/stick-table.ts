import { dataTypes, type DataTypeName, type Stored } from './data-types.ts';
import { RateCounter } from './rate.ts';

/** The type of a key. */
export type KeyType = 'ip' | 'ipv6' | 'integer' | 'string' | 'binary';

export interface TableSpec {
  readonly name: string;
  readonly type: KeyType;
  /** Bytes of a `string` (32 by default) or `binary` key; longer ones are truncated. */
  readonly length: number;
  /** Maximum number of keys. */
  readonly size: number;
  /** Milliseconds a key is kept after its last use; 0: until its entry is needed. */
  readonly expire: number;
  /** A full table refuses a new key instead of evicting its oldest one. */
  readonly nopurge: boolean;
  readonly stored: readonly Stored[];
}

/** Tracked keys examined per search for the oldest one: it must not get slower the more connections a client holds open. */
const MOST_LOOKS = 32;

/** Where the values of one data type are in an entry. */
interface Slot {
  readonly stored: Stored;
  readonly at: number;
}

/**
 * Keys and their counters (HAProxy's `stick-table`). Bounded: a full table evicts the key that would expire
 * first, never one tracked by a connection or request; where every key is tracked, or with `nopurge`, a new key is
 * refused. One map in order of last use: the oldest key is its first one, and each operation takes constant time.
 */
export class StickTable {
  readonly spec: TableSpec;
  readonly #now: () => number;
  readonly #entries = new Map<string, TableEntry>();
  readonly #slots = new Map<DataTypeName, Slot>();
  readonly #width: number;

  /** `now`: monotonic milliseconds. */
  constructor(spec: TableSpec, now: () => number) {
    this.spec = spec;
    this.#now = now;
    let at = 0;
    for (const stored of spec.stored) {
      this.#slots.set(stored.type, { stored, at });
      at += stored.size;
    }
    this.#width = at;
  }

  /** Keys in the table, including expired ones not yet removed. */
  get used(): number {
    return this.#entries.size;
  }

  stores(type: DataTypeName): boolean {
    return this.#slots.has(type);
  }

  /** The entry of a key, if present and not expired. A look-up does not count as use. */
  peek(key: string): TableEntry | undefined {
    const entry = this.#entries.get(this.#keyOf(key));
    return entry === undefined || this.#hasExpired(entry) ? undefined : entry;
  }

  /** The entry of a key, created if needed; undefined when the table is full. */
  touch(key: string): TableEntry | undefined {
    const wanted = this.#keyOf(key);
    let entry = this.#entries.get(wanted);
    // Deleted and inserted again to keep the map in order of use.
    if (entry !== undefined) this.#entries.delete(wanted);
    if (entry === undefined || this.#hasExpired(entry)) {
      if (entry === undefined && this.#entries.size >= this.spec.size && !this.#makeRoom()) return undefined;
      entry = new TableEntry(wanted, this.#width);
    }
    entry.expires = this.spec.expire === 0 ? Infinity : this.#now() + this.spec.expire;
    this.#entries.set(wanted, entry);
    return entry;
  }

  /** Increments (or decrements) a counter and the matching rate, if stored. */
  count(entry: TableEntry, type: DataTypeName, by = 1, index = 0): void {
    const slot = this.#slots.get(type);
    if (slot !== undefined && index < slot.stored.size) entry.add(slot.at + index, by);
    const rate = (dataTypes[type] as { readonly rate?: DataTypeName }).rate;
    const rateSlot = rate === undefined ? undefined : this.#slots.get(rate);
    if (rateSlot === undefined || by < 0 || index >= rateSlot.stored.size) return;
    entry.addToRate(rateSlot.at + index, this.#now(), rateSlot.stored.period, by);
  }

  set(entry: TableEntry, type: DataTypeName, value: number | string, index = 0): void {
    const slot = this.#slots.get(type);
    if (slot !== undefined && index < slot.stored.size) entry.set(slot.at + index, value);
  }

  /** A stored value, or the current rate; undefined when the table does not store it. */
  read(entry: TableEntry, type: DataTypeName, index = 0): number | string | undefined {
    const slot = this.#slots.get(type);
    if (slot === undefined || index >= slot.stored.size) return undefined;
    return entry.read(slot.at + index, this.#now(), slot.stored.period);
  }

  /** Removes a key unless it is tracked. True when it is removed. */
  remove(key: string): boolean {
    const wanted = this.#keyOf(key);
    const entry = this.#entries.get(wanted);
    if (entry === undefined || entry.references > 0) return false;
    return this.#entries.delete(wanted);
  }

  /** Removes expired keys; called periodically, so that an idle table does not hold memory. */
  expire(): void {
    for (const [key, entry] of this.#entries) {
      // All keys have the same lifetime: after the first that has not expired, none has.
      if (!this.#isOver(entry)) return;
      if (entry.references === 0) this.#entries.delete(key);
    }
  }

  /** Every entry that has not expired, longest unused first. */
  *entries(): Generator<TableEntry> {
    for (const entry of this.#entries.values()) if (!this.#hasExpired(entry)) yield entry;
  }

  #keyOf(key: string): string {
    const { type, length } = this.spec;
    return (type === 'string' || type === 'binary') && key.length > length ? key.slice(0, length) : key;
  }

  #isOver(entry: TableEntry): boolean {
    return this.#now() >= entry.expires;
  }

  /** A tracked key stays, whatever its age. */
  #hasExpired(entry: TableEntry): boolean {
    return entry.references === 0 && this.#isOver(entry);
  }

  #makeRoom(): boolean {
    if (this.spec.nopurge) {
      this.expire();
      return this.#entries.size < this.spec.size;
    }
    let looks = MOST_LOOKS;
    for (const [key, entry] of this.#entries) {
      this.#entries.delete(key);
      if (entry.references === 0) return true;
      // In use while tracked: it moves to the end, so that the next search does not start with it again.
      this.#entries.set(key, entry);
      looks -= 1;
      if (looks === 0) break;
    }
    return false;
  }
}

/** One key of a table. The table's slots say where its values are. */
export class TableEntry {
  readonly key: string;
  /** Number of connections and requests tracking it: it neither expires nor is evicted meanwhile. */
  references = 0;
  /** Monotonic milliseconds. */
  expires = Infinity;
  readonly #values: (number | string | RateCounter | undefined)[];

  constructor(key: string, width: number) {
    this.key = key;
    this.#values = Array.from({ length: width }, () => undefined);
  }

  /** Never below zero: a decrement after a clear must not wrap. */
  add(at: number, by: number): void {
    const value = this.#values[at];
    this.#values[at] = Math.max(0, (typeof value === 'number' ? value : 0) + by);
  }

  addToRate(at: number, now: number, period: number, by: number): void {
    let rate = this.#values[at];
    if (!(rate instanceof RateCounter)) this.#values[at] = rate = new RateCounter(now);
    rate.add(now, period, by);
  }

  set(at: number, value: number | string): void {
    this.#values[at] = value;
  }

  read(at: number, now: number, period: number): number | string {
    const value = this.#values[at];
    return value instanceof RateCounter ? value.read(now, period) : (value ?? 0);
  }
}
