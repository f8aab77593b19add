/**
 * One shared, coarse clock in place of a timer per connection: reading `now` costs nothing, and every tick
 * looks for what is overdue. A deadline is met up to one tick late.
 */
export class Clock {
  /** Monotonic milliseconds, as of the last tick while it ticks. */
  now = performance.now();
  readonly #interval: number;
  readonly #onTick: (now: number, since: number) => void;
  #timer: NodeJS.Timeout | undefined = undefined;

  /** `onTick` is told the time, and how long the tick before was ago; `interval` is in milliseconds. It stands still until started. */
  constructor(interval: number, onTick: (now: number, since: number) => void) {
    this.#interval = interval;
    this.#onTick = onTick;
  }

  /** Ticks from now on, if it does not yet. The process stays for it, unless `background`. */
  start({ background = false }: { readonly background?: boolean } = {}): void {
    if (this.#timer !== undefined) return;
    this.now = performance.now();
    this.#timer = setInterval(() => this.#tick(), this.#interval);
    if (background) this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** `now`, read anew while nothing ticks: a clock that stood still would put deadlines into the past. */
  current(): number {
    if (this.#timer === undefined) this.now = performance.now();
    return this.now;
  }

  #tick(): void {
    const now = performance.now();
    const since = now - this.now;
    this.now = now;
    this.#onTick(now, since);
  }
}

/** Ticks often enough to keep the shortest of `timeouts` (milliseconds, 0 is none) to a quarter, and at most 20 times a second. */
export function tickInterval(timeouts: readonly number[]): number {
  const shortest = Math.min(4000, ...timeouts.filter((timeout) => timeout > 0));
  return Math.max(50, Math.floor(shortest / 4));
}
