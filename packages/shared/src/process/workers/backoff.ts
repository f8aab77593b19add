/** Milliseconds. A worker that served for this long had no trouble in starting. */
const SETTLED = 10_000;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;

/** When a worker that has ended is started again: at once, but one that ends again and again ever more slowly. */
export class Backoff {
  #failures = 0;

  /** A worker has ended that had served for so many milliseconds. Returns how many to wait. */
  pauseAfter(served: number | undefined): number {
    if (served !== undefined && served >= SETTLED) this.#failures = 0;
    const failures = this.#failures;
    this.#failures += 1;
    return failures === 0 ? 0 : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1));
  }
}
