import type { Waiter } from '../model/backend.ts';

/** One waiter in the one queue it is in. */
export interface Entry {
  readonly waiter: Waiter;
  /** Order of arrival in the backend, over all of its queues. */
  readonly ticket: number;
  /** Its class (`set-priority-class`), then the milliseconds at which it counts as having come. */
  readonly priority: number;
  readonly since: number;
  /** When it gives up, in milliseconds of the backend's clock. */
  readonly deadline: number;
  queue: Queue | undefined;
  /** What its queue had served when it came. */
  servedBefore: number;
  previous: Entry | undefined;
  next: Entry | undefined;
}

/** True when the first leaves its queue before the second: by class, then by arrival. */
export function isBefore(a: Entry, b: Entry): boolean {
  if (a.priority !== b.priority) return a.priority < b.priority;
  return a.since === b.since ? a.ticket < b.ticket : a.since < b.since;
}

/** In order of their class and arrival: without priorities first in, first out. Leaving from the middle costs no more than leaving from the head. */
export class Queue {
  /** How many have left it for a server. */
  served = 0;
  #head: Entry | undefined;
  #tail: Entry | undefined;
  #length = 0;
  readonly #place: 'serverQueue' | 'backendQueue';

  /** `place`: where a waiter is told how many were served before it, itself included. */
  constructor(place: 'serverQueue' | 'backendQueue') {
    this.#place = place;
  }

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
    let before = this.#tail;
    while (before !== undefined && isBefore(entry, before)) before = before.previous;
    const after = before === undefined ? this.#head : before.next;
    entry.queue = this;
    entry.servedBefore = this.served;
    entry.previous = before;
    entry.next = after;
    if (before === undefined) this.#head = entry;
    else before.next = entry;
    if (after === undefined) this.#tail = entry;
    else after.previous = entry;
    this.#length++;
  }

  remove(entry: Entry): void {
    if (entry.queue !== this) return;
    entry.waiter[this.#place] += this.served - entry.servedBefore + 1;
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
