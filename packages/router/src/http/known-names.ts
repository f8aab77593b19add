/** Names in each generation, and the longest that is kept. A stranger chooses names: both bound what it can fill. */
const GENERATION = 512;
const LONGEST = 64;

/**
 * Header names seen lately, with their lower-case forms. Two generations: when the younger is full, the older is forgotten,
 * and what is asked for again moves to the younger. So a stranger who sends a thousand names of its own displaces the
 * others for a moment only, and leaves nothing behind.
 */
export class KnownNames {
  #young = new Map<string, string>();
  #old = new Map<string, string>();

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The lower-case form of a name that was added lately. */
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

/** A part of a head is kept in memory as a reference to the complete head: 1,000 names would hold 1,000 heads. */
function copyOf(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('latin1');
}
