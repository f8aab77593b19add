import type { BodyView } from '../model/facts.ts';
import type { BodyWait } from '../model/evaluation.ts';

/** Rules that wait for the body of a message, as its reader sees them. */
export class Buffering {
  /** Monotonic milliseconds at which its sender is too slow; 0: never. */
  readonly deadline: number;
  readonly #atLeast: number;
  readonly #done: () => void;

  constructor({ atLeast }: BodyWait, deadline: number, done: () => void) {
    this.deadline = deadline;
    this.#atLeast = atLeast;
    this.#done = done;
  }

  /** Nothing more has to be read of it. */
  satisfied(body: BodyView): boolean {
    return body.enough(this.#atLeast);
  }

  finish(): void {
    this.#done();
  }
}
