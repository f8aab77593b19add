/** Its own key: the one asked with may be a piece of something large, which an entry must not keep in memory. */
interface Entry<Value> {
  readonly key: string;
  readonly value: Value;
}

/** Values by key, the recently used ones: when the younger of two generations is full, the older is dropped. What is used stays. */
export class Recent<Value> {
  readonly #max: number;
  #young = new Map<string, Entry<Value>>();
  #old = new Map<string, Entry<Value>>();

  /** At most twice `max` values are kept. */
  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: string): Value | undefined {
    const found = this.#young.get(key);
    if (found !== undefined) return found.value;
    const old = this.#old.get(key);
    if (old !== undefined) this.#add(old);
    return old?.value;
  }

  set(key: string, value: Value): void {
    this.#add({ key, value });
  }

  #add(entry: Entry<Value>): void {
    if (this.#young.size >= this.#max) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(entry.key, entry);
  }
}
