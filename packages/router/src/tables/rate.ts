/**
 * A count over a sliding period, as HAProxy's `freq_ctr` keeps it: the current period and the one before it, the latter
 * weighted by the part the sliding window still covers. Two numbers and a time, whatever the rate.
 */
export class RateCounter {
  /** When the current period began, in milliseconds. */
  #began: number;
  #current = 0;
  #previous = 0;

  constructor(now: number) {
    this.#began = now;
  }

  /** Counts `count` events at `now` and returns those of the current period; `period` in milliseconds is the same in every call. */
  add(now: number, period: number, count = 1): number {
    this.#rotate(now, period);
    return (this.#current += count);
  }

  /** Events per period at `now`, rounded down. Never more than were counted, and none once they are older than two periods. */
  read(now: number, period: number): number {
    let current = this.#current;
    let previous = this.#previous;
    let remaining = this.#began + period - now;
    if (remaining < 0) {
      // The current period has ended, and perhaps the next one too.
      remaining += period;
      previous = remaining >= 0 ? current : 0;
      remaining = Math.max(remaining, 0);
      current = 0;
    }
    // At very low rates a single event would otherwise flap between 0 and 1 while its period passes.
    if (current === 0 && previous <= 1) return previous;
    return Math.floor((previous * remaining + current * period) / period);
  }

  clear(now: number): void {
    this.#began = now;
    this.#current = 0;
    this.#previous = 0;
  }

  #rotate(now: number, period: number): void {
    if (now - this.#began < period) return;
    this.#previous = this.#current;
    this.#current = 0;
    this.#began += period;
    if (now - this.#began < period) return;
    this.#previous = 0;
    this.#began = now;
  }
}
