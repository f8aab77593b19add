import type { DataTypeName } from './data-types.ts';

/** One key of a table. The table's slots say where its values are. */
export class TableEntry {
  readonly key: string;
  /** Number of connections and requests tracking it: it neither expires nor is evicted meanwhile. */
  references = 0;
  /** Monotonic milliseconds. */
  expires = Infinity;
  readonly values: number[];
  #texts: Map<DataTypeName, string> | undefined = undefined;

  constructor(key: string, width: number) {
    this.key = key;
    this.values = Array.from({ length: width }, () => 0);
  }

  /** Most entries have none. */
  get texts(): Map<DataTypeName, string> {
    return (this.#texts ??= new Map());
  }

  add(at: number, by: number): void {
    this.values[at] = Math.max(0, (this.values[at] ?? 0) + by);
  }
}

/** A key is often a piece of a request's head, and V8 keeps the whole text for as long as a piece of it: a table would hold 15 kB for each key. */
export function copied(key: string): string {
  const encoding = /^[\0-\u00ff]*$/.test(key) ? 'latin1' : 'utf16le';
  return Buffer.from(key, encoding).toString(encoding);
}
