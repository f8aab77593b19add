import type { Waiter } from '../model/backend.ts';

/** One waiter in the one queue it is in. */
export interface Entry {
  readonly waiter: Waiter;
  /** Order of arrival in the backend, over all of its queues. */
  readonly ticket: number;
  /** When it gives up, in milliseconds of the backend's clock. */
  readonly deadline: number;
  queue: Queue | undefined;
  previous: Entry | undefined;
  next: Entry | undefined;
}

/** First in, first out; leaving from the middle costs no more than leaving from the head. */
export class Queue {
  #head: Entry | undefined;
  #tail: Entry | undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get head(): Entry | undefined {
    return this.#head;
  }

  *[Symbol.iterator](): Generator<Entry> {
    for (let entry = this.#head; entry !== undefined; entry = entry.next) yield entry;
  }

  push(entry: Entry): void {
    entry.queue = this;
    entry.previous = this.#tail;
    if (this.#tail === undefined) this.#head = entry;
    else this.#tail.next = entry;
    this.#tail = entry;
    this.#length++;
  }

  remove(entry: Entry): void {
    if (entry.queue !== this) return;
    if (entry.previous === undefined) this.#head = entry.next;
    else entry.previous.next = entry.next;
    if (entry.next === undefined) this.#tail = entry.previous;
    else entry.next.previous = entry.previous;
    entry.queue = undefined;
    entry.previous = undefined;
    entry.next = undefined;
    this.#length--;
  }
}
