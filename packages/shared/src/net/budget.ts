/**
 * Fairness between peers: a burst from one of them must not make the others wait.
 *
 * The same rule applies wherever a loop runs over what a peer sent (records, pipelined requests, chunks, interim responses):
 * each connection has an allowance of steps per turn of the event loop. A connection that has used it up stops, and
 * joins the queue of those that have more to do. In each turn the queue is served in its order, one allowance for each
 * connection, for at most a few milliseconds altogether; then the event loop serves everything else again. So a
 * connection with little to do never waits for more than that slice and one allowance, however many are busy.
 *
 * A step is the smallest piece of work that a peer can cause, and must be bounded itself (one record, one head, one
 * read of at most 64 KiB).
 */

/** Time for all busy connections together in one turn, in milliseconds. */
const SLICE = 5;

/** Connections resumed per turn: what they read next, 64 KiB each, is not part of the slice. */
const MOST = 8;

export interface TurnsParts {
  /** Milliseconds that the queue may use in one turn, after which at most one more allowance is used. Default 5. */
  readonly slice?: number;
  /** Maximum number of connections resumed per turn. Default 8. */
  readonly most?: number;
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
  /** Calls back once in a later turn of the event loop, after ready sockets have been read. */
  readonly later?: (callback: () => void) => void;
}

/** The turns of one event loop, and the queue of the connections that have more to do than one turn allows. */
export class Turns {
  readonly #slice: number;
  readonly #most: number;
  readonly #now: () => number;
  readonly #later: (callback: () => void) => void;
  readonly #queue = new Set<Budget>();
  #turn = 0;
  #armed = false;

  constructor({ slice = SLICE, most = MOST, now = () => performance.now(), later = setImmediate }: TurnsParts = {}) {
    this.#slice = slice;
    this.#most = most;
    this.#now = now;
    this.#later = later;
  }

  /** A number that differs in every turn in which it was requested. */
  get current(): number {
    this.#arm();
    return this.#turn;
  }

  /** Connections that wait for their next allowance. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** Used by `Budget`. */
  enter(budget: Budget): void {
    this.#queue.add(budget);
    this.#arm();
  }

  /** Used by `Budget`. */
  leave(budget: Budget): void {
    this.#queue.delete(budget);
  }

  /** One timer for all, and none while idle. */
  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    this.#later(() => this.#next());
  }

  #next(): void {
    this.#armed = false;
    this.#turn += 1;
    if (this.#queue.size === 0) return;
    // Before anything runs, so that an exception does not leave the others waiting indefinitely.
    this.#arm();
    const until = this.#now() + this.#slice;
    // Connections that join meanwhile wait for the next turn.
    const ready = [...this.#queue].slice(0, this.#most);
    for (const budget of ready) {
      budget.renew();
      if (this.#now() >= until) return;
    }
  }
}

/** The turns of this process: one event loop, one queue. */
export const turns = new Turns();

/**
 * What one connection may do in one turn.
 *
 * ```ts
 * readonly #budget = new Budget(32, () => this.#advance());
 *
 * #advance(): void {
 *   while (this.#reader.hasWork) {
 *     if (!this.#budget.spend()) return this.#socket.pause(); // `#advance` is called again in a later turn
 *     this.#step();
 *   }
 *   this.#socket.resume();
 * }
 * // and when the connection closes:
 * this.#budget.end();
 * ```
 */
export class Budget {
  readonly #allowance: number;
  readonly #resume: () => void;
  readonly #turns: Turns;
  #turn = -1;
  #left = 0;
  #waiting = false;
  #ended = false;

  /** `allowance`: steps per turn. `resume` is called once after each refusal of `spend`, with a full allowance. */
  constructor(allowance: number, resume: () => void, of: Turns = turns) {
    this.#allowance = allowance;
    this.#resume = resume;
    this.#turns = of;
  }

  /** Refused, and not called back yet: until then the caller must buffer what it reads, or stop reading. */
  get waiting(): boolean {
    return this.#waiting;
  }

  /**
   * Asks for one step, which counts as `cost` of the allowance. False: not now, `resume` is called in a later turn.
   * A step that costs more than the remainder is still allowed, once. Always false after `end`.
   */
  spend(cost = 1): boolean {
    if (this.#waiting || this.#ended) return false;
    const turn = this.#turns.current;
    if (turn !== this.#turn) {
      this.#turn = turn;
      this.#left = this.#allowance;
    }
    if (this.#left <= 0) {
      this.#waiting = true;
      this.#turns.enter(this);
      return false;
    }
    this.#left -= cost;
    return true;
  }

  /** Yields the rest of this turn: `resume` is called in a later one. For work that arrives one read at a time. */
  pass(): void {
    if (this.#waiting || this.#ended) return;
    this.#waiting = true;
    this.#turns.enter(this);
  }

  /** The connection has ended: `resume` is not called again. */
  end(): void {
    this.#ended = true;
    this.#waiting = false;
    this.#turns.leave(this);
  }

  /** Used by `Turns`. */
  renew(): void {
    if (!this.#waiting) return;
    this.#waiting = false;
    this.#turns.leave(this);
    this.#resume();
  }
}
