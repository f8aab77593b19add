import { TableChanges, type KeyChange } from '../tables/changes.ts';
import type { SavedEntry, StickTable } from '../tables/stick-table.ts';
import { PAUSE, pauseAfter } from './sharing-pace.ts';

/** Changes of tables, by their names. */
export type Changes = Readonly<Record<string, readonly KeyChange[]>>;
/** Whole tables, for a worker that starts. */
export type SavedTables = Readonly<Record<string, readonly SavedEntry[]>>;

export interface SharedTablesParts {
  /** The tables of now, by the names that all processes know them by. */
  readonly tables: () => ReadonlyMap<string, StickTable>;
  /** 0 for the primary. */
  readonly number: number;
  /** `from`: the process that has changed something. False: the others read too slowly. */
  readonly say: (changes: Changes, from: number) => boolean;
}

/** What a worker tracks now, as far as it must be taken back when it ends. */
type Tracked = Map<string, Map<string, { references: number; current: number }>>;

/**
 * The stick tables of several processes. Each has them all and reads its own; what changes in one is added up and sent every 20 ms
 * to the primary, which passes it on. Counters are added, so none is lost; of tags and servers the last one sent holds.
 */
export class SharedTables {
  readonly #parts: SharedTablesParts;
  readonly #logs = new Map<string, TableChanges>();
  readonly #tracked = new Map<number, Tracked>();
  #timer: NodeJS.Timeout | undefined;
  #pause = PAUSE;

  constructor(parts: SharedTablesParts) {
    this.#parts = parts;
  }

  /** A configuration is in effect: these are its tables. */
  follow(): void {
    const tables = this.#parts.tables();
    for (const name of this.#logs.keys()) if (!tables.has(name)) this.#logs.delete(name);
    for (const [name, table] of tables) {
      const log = this.#logs.get(name) ?? new TableChanges(() => this.#schedule());
      this.#logs.set(name, log);
      table.log = log;
    }
  }

  handOn(): SavedTables {
    return Object.fromEntries(
      [...this.#parts.tables()].map(([name, table]) => [name, table.save(performance.timeOrigin)]),
    );
  }

  assume(saved: SavedTables): void {
    const tables = this.#parts.tables();
    for (const [name, entries] of Object.entries(saved)) tables.get(name)?.restore(entries, performance.timeOrigin);
  }

  heard(changes: Changes, from: number): void {
    const { number, say } = this.#parts;
    if (from === number) return;
    const tables = this.#parts.tables();
    for (const [name, keys] of Object.entries(changes)) {
      const table = tables.get(name);
      if (table === undefined) continue;
      for (const key of keys) table.follow(key);
      if (number === 0) this.#account(from, name, keys);
    }
    if (number === 0) say(changes, from);
  }

  /** In the primary: a worker has ended, and with it what it tracked. */
  left(worker: number): void {
    const changes = [...(this.#tracked.get(worker) ?? [])].map(([name, keys]): [string, KeyChange[]] => [
      name,
      [...keys].map(([key, { references, current }]) => ({
        key,
        removed: false,
        references: -references,
        sets: [],
        counts: current === 0 ? [] : [['conn_cur', 0, -current]],
      })),
    ]);
    if (changes.length > 0) this.heard(Object.fromEntries(changes), worker);
    this.#tracked.delete(worker);
  }

  /** Sends what has changed now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#send();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #account(worker: number, name: string, keys: readonly KeyChange[]): void {
    const tables: Tracked = this.#tracked.get(worker) ?? new Map();
    const tracked = tables.get(name) ?? new Map();
    this.#tracked.set(worker, tables);
    tables.set(name, tracked);
    for (const { key, references, counts } of keys) {
      const [, , current = 0] = counts.find(([type]) => type === 'conn_cur') ?? [];
      if (references === 0 && current === 0) continue;
      const before = tracked.get(key) ?? { references: 0, current: 0 };
      const after = { references: before.references + references, current: before.current + current };
      if (after.references <= 0 && after.current <= 0) tracked.delete(key);
      else tracked.set(key, after);
    }
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => this.#send(), this.#pause).unref();
  }

  #send(): void {
    this.#timer = undefined;
    const changes = [...this.#logs].map(([name, log]) => [name, log.take()] as const);
    const some = changes.filter(([, keys]) => keys.length > 0);
    if (some.length === 0) return;
    this.#pause = pauseAfter(this.#parts.say(Object.fromEntries(some), this.#parts.number));
  }
}
