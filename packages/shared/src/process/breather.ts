import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds of one turn of the event loop that a long piece of work may take. */
const SHARE = 5;

/** Lets others have their turn during work that takes seconds: a reload of ten thousand certificates must not delay clients. */
export class Breather {
  #since = performance.now();

  /** Call it between two steps. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#since < SHARE) return;
    await nextTurn();
    this.#since = performance.now();
  }
}
