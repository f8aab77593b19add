import type { DataTypeName } from './data-types.ts';

/** What has become of one key since it was last told, as plain data: in this order. */
export interface KeyChange {
  readonly key: string;
  /** It was removed, before all else here. */
  readonly removed: boolean;
  /** By how much more connections and requests it is tracked. */
  readonly references: number;
  readonly sets: readonly (readonly [type: DataTypeName, index: number, value: number | string])[];
  readonly counts: readonly (readonly [type: DataTypeName, index: number, by: number])[];
}

interface Pending {
  removed: boolean;
  references: number;
  readonly sets: Map<string, KeyChange['sets'][number]>;
  readonly counts: Map<string, KeyChange['counts'][number]>;
}

/** The changes of a table that other processes have to hear of, added up for each key: it grows with the keys that were used, not with their use. */
export class TableChanges {
  readonly #changed: () => void;
  #pending = new Map<string, Pending>();

  /** `changed`: called when the first change has come. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  count(key: string, type: DataTypeName, index: number, by: number): void {
    const { counts } = this.#of(key);
    const slot = `${type} ${index}`;
    counts.set(slot, [type, index, (counts.get(slot)?.[2] ?? 0) + by]);
  }

  set(key: string, type: DataTypeName, index: number, value: number | string): void {
    const { counts, sets } = this.#of(key);
    const slot = `${type} ${index}`;
    counts.delete(slot);
    sets.set(slot, [type, index, value]);
  }

  refer(key: string, by: number): void {
    this.#of(key).references += by;
  }

  /** It was used, which keeps it longer. */
  touch(key: string): void {
    this.#of(key);
  }

  remove(key: string): void {
    const pending = this.#of(key);
    pending.removed = true;
    pending.sets.clear();
    pending.counts.clear();
  }

  /** Everything since the last time. */
  take(): readonly KeyChange[] {
    const taken = [...this.#pending].map(([key, { removed, references, sets, counts }]) => ({
      key,
      removed,
      references,
      sets: [...sets.values()],
      counts: [...counts.values()],
    }));
    this.#pending = new Map();
    return taken;
  }

  #of(key: string): Pending {
    let pending = this.#pending.get(key);
    if (pending !== undefined) return pending;
    if (this.#pending.size === 0) this.#changed();
    pending = { removed: false, references: 0, sets: new Map(), counts: new Map() };
    this.#pending.set(key, pending);
    return pending;
  }
}
