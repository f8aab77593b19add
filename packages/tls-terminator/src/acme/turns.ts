/** Lets only so many go on at one time; the others wait for their turn in order. */
export class Turns {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Runs `work` when it is its turn; rejects without it when aborted before. */
  async take<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#busy >= this.#limit) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    else this.#busy += 1;
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy -= 1;
      else next();
    }
  }
}
