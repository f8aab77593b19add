import type { KeyChange, TableChanges } from './changes.ts';
import { TableEntry, copied } from './table-entry.ts';
import type { DataTypeName, Stored } from './data-types.ts';
import { layOut, type Layout } from './layout.ts';
import { addToRate, clearRate, currentOfRate, RATE_WIDTH, readRate } from './rate.ts';

/** The type of a key. */
export type KeyType = 'ip' | 'ipv6' | 'integer' | 'string' | 'binary';

export interface TableSpec {
  /** The proxy's, or `PEERS/NAME` of a table in a `peers` section. */
  readonly name: string;
  readonly type: KeyType;
  /** Bytes of a `string` or `binary` key; longer ones are truncated. 0 for the other types. */
  readonly length: number;
  /** Maximum number of keys. */
  readonly size: number;
  /** Milliseconds a key is kept after its last use; 0: until its place is needed. */
  readonly expire: number;
  /** A full table refuses a new key instead of evicting its oldest ones. */
  readonly nopurge: boolean;
  readonly stored: readonly Stored[];
  /** What `stick` rules store of a server: its name (default), or its address. */
  readonly serverKey?: 'name' | 'addr';
}

/** Tracked keys examined per search for the oldest one: it must not get slower the more connections a client holds open. */
const MOST_LOOKS = 32;
/** Keys removed by one call of `expire`, so that a million of them that expire together do not stop the event loop. */
const MOST_EXPIRED = 20_000;
/** HAProxy evicts one key in so many, and one, when a table is full. */
const PURGED_SHARE = 256;

/**
 * Keys and their counters (HAProxy's `stick-table`). Bounded: a full table evicts the keys that would expire first, never one
 * tracked by a connection or request; where every key is tracked, or with `nopurge`, a new key is refused. One map in order
 * of expiry: the oldest key is its first one, and each operation takes constant time. It is long because it is the one owner of that order.
 */
export class StickTable {
  readonly spec: TableSpec;
  readonly #now: () => number;
  readonly #entries = new Map<string, TableEntry>();
  readonly #slots: Layout['slots'];
  readonly #counted: Layout['counted'];
  readonly #width: number;
  /** With workers: where changes are noted for the other processes. */
  log: TableChanges | undefined = undefined;

  /** `now`: monotonic milliseconds, whole ones above 0. */
  constructor(spec: TableSpec, now: () => number) {
    this.spec = spec;
    this.#now = now;
    const { slots, counted, width } = layOut(spec.stored);
    this.#slots = slots;
    this.#counted = counted;
    this.#width = width;
  }

  /** Keys in the table, including expired ones not yet removed. */
  get used(): number {
    return this.#entries.size;
  }

  stores(type: DataTypeName): boolean {
    return this.#slots[type] !== undefined;
  }

  /** The entry of a key, if present and not expired. A look-up does not count as use. */
  peek(key: string): TableEntry | undefined {
    const entry = this.#entries.get(key);
    return entry === undefined || this.#hasExpired(entry) ? undefined : entry;
  }

  /** The entry of a key, created if needed; undefined when the table is full. To use an entry is a matter of `used`. */
  obtain(key: string): TableEntry | undefined {
    const known = this.#entries.get(key);
    if (known !== undefined && !this.#hasExpired(known)) return known;
    if (known !== undefined) this.#entries.delete(key);
    else if (this.#entries.size >= this.spec.size && !this.#makeRoom()) return undefined;
    const entry = new TableEntry(copied(key), this.#width);
    entry.expires = this.#deadline();
    this.#entries.set(entry.key, entry);
    return entry;
  }

  /** Renews an entry: it expires that much later. Without `expire` entries leave in the order they came, as in HAProxy. */
  touch(entry: TableEntry): void {
    const { key } = entry;
    this.log?.touch(key);
    if (this.spec.expire === 0) return;
    const expires = this.#deadline();
    if (expires === entry.expires || this.#entries.get(key) !== entry) return;
    entry.expires = expires;
    // Deleted and inserted again to keep the map in order.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
  }

  /** Increments a counter and the matching rate, as far as they are stored. False when the table stores neither. */
  count(entry: TableEntry, type: DataTypeName, by = 1, index = 0): boolean {
    const counted = this.#counted[type];
    if (counted === undefined) return false;
    const { slot, rate } = counted;
    this.log?.count(entry.key, type, index, by);
    if (slot !== undefined && index < slot.stored.size) entry.add(slot.at + index, by);
    if (rate !== undefined && index < rate.stored.size)
      addToRate(entry.values, rate.at + index * RATE_WIDTH, this.#now(), rate.stored.period, by);
    return true;
  }

  /** Decrements a counter, never below zero: it may have been cleared meanwhile. */
  discount(entry: TableEntry, type: DataTypeName): void {
    const slot = this.#slots[type];
    if (slot === undefined) return;
    this.log?.count(entry.key, type, 0, -1);
    entry.add(slot.at, -1);
  }

  set(entry: TableEntry, type: DataTypeName, value: number | string, index = 0): void {
    const slot = this.#slots[type];
    if (slot === undefined || index >= slot.stored.size) return;
    this.log?.set(entry.key, type, index, value);
    if (slot.kind === 'rate') clearRate(entry.values, slot.at + index * RATE_WIDTH);
    else if (typeof value === 'string') entry.texts.set(type, value);
    else entry.values[slot.at + index] = value;
  }

  /** A stored number, or the current rate; undefined when the table does not store it. */
  read(entry: TableEntry, type: DataTypeName, index = 0): number | undefined {
    const slot = this.#slots[type];
    if (slot === undefined || index >= slot.stored.size) return undefined;
    const { at, kind, stored } = slot;
    if (kind !== 'rate') return entry.values[at + index] ?? 0;
    return readRate(entry.values, at + index * RATE_WIDTH, this.#now(), stored.period);
  }

  /** A stored text (`server_key`). */
  readText(entry: TableEntry, type: DataTypeName): string | undefined {
    return entry.texts.get(type);
  }

  /** The events of a rate's current period; undefined when it is not stored. */
  readCurrent(entry: TableEntry, type: DataTypeName, index = 0): number | undefined {
    const slot = this.#slots[type];
    if (slot?.kind !== 'rate' || index >= slot.stored.size) return undefined;
    return currentOfRate(entry.values, slot.at + index * RATE_WIDTH);
  }

  /** Milliseconds until an entry expires; 0 where entries do not. */
  remaining(entry: TableEntry): number {
    return this.spec.expire === 0 ? 0 : Math.max(0, entry.expires - this.#now());
  }

  /** Removes a key unless it is tracked. True when it is removed. */
  remove(key: string): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.references > 0) return false;
    this.log?.remove(key);
    return this.#entries.delete(key);
  }

  /** Removes expired keys; called periodically, so that an idle table does not hold memory. */
  expire(): void {
    let most = MOST_EXPIRED;
    for (const [key, entry] of this.#entries) {
      // All keys have the same lifetime: after the first that has not expired, none has.
      if (most === 0 || !this.#isOver(entry)) return;
      most -= 1;
      if (entry.references === 0) this.#entries.delete(key);
    }
  }

  /** Tracks an entry, or (-1) no longer: it neither expires nor is evicted meanwhile. */
  refer(entry: TableEntry, by: 1 | -1): void {
    this.log?.refer(entry.key, by);
    entry.references += by;
  }

  /** Does what another process has done to a key. A full table takes no new ones. */
  follow({ key, removed, references, sets, counts }: KeyChange): void {
    const { log } = this;
    this.log = undefined;
    try {
      if (removed) this.remove(key);
      // Of one that was only removed nothing is left to do.
      const more = !removed || references !== 0 || sets.length > 0 || counts.length > 0;
      const entry = more ? this.obtain(key) : undefined;
      if (entry === undefined) return;
      entry.references = Math.max(0, entry.references + references);
      for (const [type, index, value] of sets) this.set(entry, type, value, index);
      for (const [type, index, by] of counts) {
        if (by > 0) this.count(entry, type, by, index);
        else for (let left = by; left < 0; left += 1) this.discount(entry, type);
      }
      this.touch(entry);
    } finally {
      this.log = log;
    }
  }

  /** All entries as plain data, with wall clock times: `origin` is when the monotonic clock of this process began. */
  save(origin: number): readonly SavedEntry[] {
    return [...this.entries()].map((entry) => ({
      key: entry.key,
      values: this.#moved(entry.values, origin),
      texts: entry.texts,
      remaining: this.remaining(entry),
      references: entry.references,
    }));
  }

  /** Takes entries of another process, over those of the same keys. */
  restore(saved: readonly SavedEntry[], origin: number): void {
    for (const { key, values, texts, remaining, references } of saved) {
      const entry = this.obtain(key);
      if (entry === undefined) return;
      entry.values.splice(0, entry.values.length, ...this.#moved(values, -origin));
      for (const [type, text] of texts) entry.texts.set(type, text);
      entry.references = references;
      if (this.spec.expire > 0) entry.expires = this.#now() + remaining;
    }
  }

  /** The values with the times in them moved; they stay even, and one that was never used stays so. */
  #moved(values: readonly number[], by: number): number[] {
    const moved = [...values];
    for (const { kind, at, stored } of Object.values(this.#slots)) {
      if (kind !== 'rate') continue;
      for (let place = at; place < at + stored.size * RATE_WIDTH; place += RATE_WIDTH) {
        const began = moved[place] ?? 0;
        if (began !== 0) moved[place] = Math.floor((began + by) / 2) * 2 || -2;
      }
    }
    return moved;
  }

  /** Every entry that has not expired, the first to expire first. */
  *entries(): Generator<TableEntry> {
    for (const entry of this.#entries.values()) if (!this.#hasExpired(entry)) yield entry;
  }

  #deadline(): number {
    return this.spec.expire === 0 ? Infinity : this.#now() + this.spec.expire;
  }

  #isOver(entry: TableEntry): boolean {
    return this.#now() >= entry.expires;
  }

  /** A tracked key stays, whatever its age. */
  #hasExpired(entry: TableEntry): boolean {
    return entry.references === 0 && this.#isOver(entry);
  }

  /** Evicts the keys that would expire first, as many as HAProxy does at a time. */
  #makeRoom(): boolean {
    const { nopurge, size } = this.spec;
    if (nopurge) {
      this.expire();
      return this.#entries.size < size;
    }
    let wanted = Math.floor(size / PURGED_SHARE) + 1;
    let looks = MOST_LOOKS + wanted;
    for (const [key, entry] of this.#entries) {
      if (wanted === 0 || looks === 0) break;
      looks -= 1;
      this.#entries.delete(key);
      if (entry.references === 0) wanted -= 1;
      // In use while tracked: it moves to the end, so that the next search does not start with it again.
      else this.#entries.set(key, entry);
    }
    return this.#entries.size < size;
  }
}

/** An entry in another process, as plain data. */
export interface SavedEntry {
  readonly key: string;
  readonly values: readonly number[];
  readonly texts: ReadonlyMap<DataTypeName, string>;
  /** Milliseconds until it expires. */
  readonly remaining: number;
  readonly references: number;
}
