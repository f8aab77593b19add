/** How long a router that was stopped for a new one may take until it listens, in milliseconds. */
const RESTART = 5000;

const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 1000;

/**
 * When to try again after no server could be reached: soon, then less often, for as long as a restart takes or
 * `TIMEOUTconnect` (milliseconds, 0: no limit of its own) allows. Pauses vary by a quarter, so that those who began to wait
 * together do not come back together.
 */
export class Retries {
  readonly #until: number;
  #pause = FIRST_PAUSE;

  /** `now` is when the first attempt began. */
  constructor(now: number, timeoutConnect: number) {
    this.#until = now + Math.min(RESTART, timeoutConnect || RESTART);
  }

  /** Milliseconds to wait before the next attempt; undefined when it is time to give up. `chance` is from 0 to 1. */
  next(now: number, chance: number): number | undefined {
    const pause = this.#pause * (0.75 + chance / 2);
    if (now + pause >= this.#until) return undefined;
    this.#pause = Math.min(LONGEST_PAUSE, this.#pause * 2);
    return pause;
  }
}
