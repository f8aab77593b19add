import { Recent } from './recent.ts';

/** Names in each generation, and the longest that is kept. Clients choose the names: both limits bound the memory they can fill. */
const GENERATION = 512;
const LONGEST = 64;

/**
 * Recently seen header names, with their lower-case forms. A client that sends a thousand invented names displaces the
 * common ones only briefly, and its own do not stay.
 */
export class KnownNames {
  readonly #names = new Recent<string>(GENERATION);

  get size(): number {
    return this.#names.size;
  }

  /** The lower-case form of a recently added name. */
  get(raw: string): string | undefined {
    return this.#names.get(raw);
  }

  add(raw: string, name: string): void {
    if (raw.length <= LONGEST) this.#names.set(copyOf(raw), copyOf(name));
  }
}

/** A substring of a head keeps the complete head in memory: 1,000 names would retain 1,000 heads. */
function copyOf(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('latin1');
}
