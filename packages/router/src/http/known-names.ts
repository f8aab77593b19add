/** Names in each generation, and the longest that is kept. Clients choose the names: both limits bound the memory they can fill. */
const GENERATION = 512;
const LONGEST = 64;

/**
 * Recently seen header names, with their lower-case forms. Two generations: when the younger is full, the older is dropped,
 * and names that are used again move to the younger. A client that sends a thousand invented names displaces the
 * common ones only briefly, and its own do not stay.
 */
export class KnownNames {
  #young = new Map<string, string>();
  #old = new Map<string, string>();

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The lower-case form of a recently added name. */
  get(raw: string): string | undefined {
    const young = this.#young.get(raw);
    if (young !== undefined) return young;
    const old = this.#old.get(raw);
    if (old !== undefined) this.add(raw, old);
    return old;
  }

  add(raw: string, name: string): void {
    if (raw.length > LONGEST) return;
    if (this.#young.size >= GENERATION) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(copyOf(raw), copyOf(name));
  }
}

/** A substring of a head keeps the complete head in memory: 1,000 names would retain 1,000 heads. */
function copyOf(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('latin1');
}
