import type { Waiter } from '../model/backend.ts';
import type { Entry } from './queue.ts';
import { Queue } from './queue.ts';

export interface WaitingDeps {
  /** Monotonic milliseconds. */
  now(): number;
  after(ms: number, fn: () => void): { cancel(): void };
}

/**
 * All waiters of one backend, whichever queue they are in. All wait equally long, so the first to arrive
 * gives up first: one timer, set for the oldest, serves all. Their number is bounded by the client connections
 * (`maxconn` of the frontend and of the process): each waits for one request at a time.
 */
export class Waiting {
  readonly #entries = new Map<Waiter, Entry>();
  #timeout: number;
  /** A reload changed the timeout while some were waiting, so the first to arrive may not be the first to give up. */
  #mixed = false;
  /** When the timer fires. */
  #due = 0;
  readonly #deps: WaitingDeps;
  #timer: { cancel(): void } | undefined;
  #tickets = 0;

  /** `timeout` 0 waits indefinitely. */
  constructor(timeout: number, deps: WaitingDeps) {
    this.#timeout = timeout;
    this.#deps = deps;
  }

  /** Applies to new waiters; existing ones keep their deadlines. */
  set timeout(timeout: number) {
    this.#mixed ||= timeout !== this.#timeout && this.#entries.size > 0;
    this.#timeout = timeout;
  }

  /** Adds a waiter at the end of a queue. */
  add(waiter: Waiter, queue: Queue): void {
    const now = this.#deps.now();
    const deadline = this.#timeout === 0 ? Infinity : now + this.#timeout;
    const entry: Entry = {
      waiter,
      ticket: this.#tickets++,
      priority: waiter.priorityClass ?? 0,
      since: now + (waiter.priorityOffset ?? 0),
      deadline,
      queue: undefined,
      servedBefore: 0,
      previous: undefined,
      next: undefined,
    };
    this.#entries.set(waiter, entry);
    queue.push(entry);
    if (this.#timeout === 0 || (this.#timer !== undefined && this.#due <= deadline)) return;
    this.#timer?.cancel();
    this.#wake(deadline);
  }

  /** Removes a waiter; unknown waiters are ignored. */
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
