import { Budget, Turns } from './budget.ts';

/**
 * Work that costs milliseconds and that anybody may ask for without end, such as a page of a few hundred servers: it is done one piece at a
 * time, in the order of the requests, and each piece waits for as long as the one before it took. Done as the requests come, those of
 * a hundred connections would let everybody else wait for all of them.
 */
export class OneByOne {
  /** Milliseconds that the last piece took. */
  #took = 0;
  readonly #turns: Turns;

  constructor(later: (next: () => void, milliseconds: number) => void = setTimeout) {
    this.#turns = new Turns({ most: 1, later: (next) => later(next, this.#took) });
  }

  /** Calls `work` when its turn has come. What it does later, after an `await`, does not count. */
  run(work: () => void): void {
    const turn = (): void => {
      const begun = performance.now();
      work();
      this.#took = performance.now() - begun;
    };
    new Budget(1, turn, this.#turns).pass();
  }
}
