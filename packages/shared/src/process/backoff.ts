/** Milliseconds. A process that served for this long had no trouble in starting. */
const SETTLED = 10_000;

/** Milliseconds before a process is started again. */
export interface Pauses {
  /** After one that had served for long. */
  readonly first: number;
  /** When the next ends too soon; every further pause is twice as long. */
  readonly second: number;
  readonly longest: number;
}

/** When a process that has ended is started again: soon, but one that ends again and again ever more slowly. Pure. */
export class Backoff {
  readonly #pauses: Pauses;
  #failures = 0;

  constructor(pauses: Pauses) {
    this.#pauses = pauses;
  }

  /** A process has ended that had served for so many milliseconds; undefined: it never did. Returns how many to wait. */
  pauseAfter(served: number | undefined): number {
    if (served !== undefined && served >= SETTLED) this.#failures = 0;
    const failures = this.#failures;
    this.#failures += 1;
    const { first, second, longest } = this.#pauses;
    return failures === 0 ? first : Math.min(longest, second * 2 ** (failures - 1));
  }
}
