/** Pauses before a half that died is started again, in milliseconds. */
const FIRST = 100;
const LONGEST = 10_000;
/** A process that lived this long had started well: the pauses begin anew. */
const WELL = 10_000;

/** How long to wait before each restart: a crash costs an instant, and a half that cannot start costs no processor time. Pure. */
export class Backoff {
  #pause = FIRST;

  /** `lived`: milliseconds from the start of the process that has just ended to its end. */
  next(lived: number): number {
    if (lived >= WELL) this.#pause = FIRST;
    const pause = this.#pause;
    this.#pause = Math.min(LONGEST, pause * 2);
    return pause;
  }
}
