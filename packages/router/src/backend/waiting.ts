import type { Waiter } from '../model/backend.ts';
import type { Entry } from './queue.ts';
import { Queue } from './queue.ts';

export interface WaitingDeps {
  /** Milliseconds, never going back. */
  now(): number;
  after(ms: number, fn: () => void): { cancel(): void };
}

/**
 * Everyone who waits in one backend, whichever queue they are in. All wait equally long, so those who came first
 * give up first: one timer, set for the oldest, serves all. How many can wait is bounded by the client connections
 * there can be (`maxconn` of the frontend and of the process): each waits for one request at a time.
 */
export class Waiting {
  readonly #entries = new Map<Waiter, Entry>();
  #timeout: number;
  /** A new configuration has changed the timeout while some waited: who came first need not give up first. */
  #mixed = false;
  /** When the timer wakes. */
  #due = 0;
  readonly #deps: WaitingDeps;
  #timer: { cancel(): void } | undefined;
  #tickets = 0;

  /** `timeout` 0 waits for ever. */
  constructor(timeout: number, deps: WaitingDeps) {
    this.#timeout = timeout;
    this.#deps = deps;
  }

  /** From now on; those who wait keep their deadlines. */
  set timeout(timeout: number) {
    this.#mixed ||= timeout !== this.#timeout && this.#entries.size > 0;
    this.#timeout = timeout;
  }

  /** Puts a newcomer at the end of a queue. */
  add(waiter: Waiter, queue: Queue): void {
    const deadline = this.#timeout === 0 ? Infinity : this.#deps.now() + this.#timeout;
    const entry: Entry = {
      waiter,
      ticket: this.#tickets++,
      deadline,
      queue: undefined,
      previous: undefined,
      next: undefined,
    };
    this.#entries.set(waiter, entry);
    queue.push(entry);
    if (this.#timeout === 0 || (this.#timer !== undefined && this.#due <= deadline)) return;
    this.#timer?.cancel();
    this.#wake(deadline);
  }

  /** Takes one out; unknown waiters are ignored. */
  remove(waiter: Waiter): void {
    const entry = this.#entries.get(waiter);
    if (entry === undefined) return;
    this.#entries.delete(waiter);
    entry.queue?.remove(entry);
    if (this.#entries.size > 0) return;
    this.#mixed = false;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #wake(deadline: number): void {
    this.#due = deadline;
    this.#timer = this.#deps.after(deadline - this.#deps.now(), () => {
      this.#timer = undefined;
      this.#expire();
    });
  }

  #expire(): void {
    const now = this.#deps.now();
    let next = Infinity;
    for (const [waiter, entry] of this.#entries) {
      if (entry.deadline <= now) {
        this.remove(waiter);
        waiter.refused('queue-timeout');
      } else {
        next = Math.min(next, entry.deadline);
        if (!this.#mixed) break;
      }
    }
    if (next === Infinity || this.#entries.size === 0) return;
    this.#timer?.cancel();
    this.#wake(next);
  }
}
