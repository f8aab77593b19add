import { Budget } from '@headgate/shared/net/budget';
import { PIECES, trickles } from './allowance.ts';

/** The pieces that a head comes in: each costs as much as a complete one, and after a few of them its client waits for longer than a turn. */
export class Trickle {
  readonly #turn: Budget;
  readonly #resume: () => void;
  #pieces = 0;
  #slow: Budget | undefined = undefined;

  /** `turn`: what the connection may do in one turn of the loop. */
  constructor(turn: Budget, resume: () => void) {
    this.#turn = turn;
    this.#resume = resume;
  }

  /** Another piece came, and the head is not complete: `resume` is called when the next one may be read. */
  wait(): void {
    this.#pieces += 1;
    if (this.#pieces <= PIECES) this.#turn.pass();
    else (this.#slow ??= new Budget(1, this.#resume, trickles)).pass();
  }

  /** The head is complete. */
  done(): void {
    this.#pieces = 0;
  }

  get waiting(): boolean {
    return this.#slow?.waiting === true;
  }

  /** The connection has ended. */
  end(): void {
    this.#slow?.end();
  }
}
