/**
 * One shared, coarse clock in place of a timer per connection: reading `now` costs nothing, and every tick
 * looks for what is overdue. A deadline is met up to one tick late.
 */
export class Clock {
  /** Monotonic milliseconds, as of the last tick. */
  now = performance.now();
  readonly #timer: NodeJS.Timeout;

  constructor(interval: number, onTick: (now: number) => void) {
    this.#timer = setInterval(() => {
      this.now = performance.now();
      onTick(this.now);
    }, interval);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** Ticks often enough to keep the shortest of `timeouts` (milliseconds, 0 is none) to a quarter, and at most 20 times a second. */
export function tickInterval(timeouts: readonly number[]): number {
  const shortest = Math.min(4000, ...timeouts.filter((timeout) => timeout > 0));
  return Math.max(50, Math.floor(shortest / 4));
}
