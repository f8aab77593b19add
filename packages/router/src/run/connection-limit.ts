import type { Link } from '@headgate/shared/net/link';
import type { Pace } from './arrival-rate.ts';

/** A connection count and its limit; 0 is no limit. The process, each frontend and each bind have one. */
export interface Limit {
  value: number;
  max: number;
}

/**
 * HAProxy's `maxconn` for clients: a connection that arrives when the limit is reached waits without receiving a byte, and is
 * served when a place becomes free. HAProxy leaves it in the kernel's backlog; Node cannot stop accepting, so connections are
 * accepted and not read from, and hold one descriptor each. The number that may wait is therefore limited too, for all binds together:
 * beyond it, connections are closed at once. Otherwise silent clients would use up the descriptors for servers and checks.
 */
export class ConnectionLimit {
  #limits: readonly Limit[] = [];
  /** Waiting connections of the process. */
  readonly #places: Limit;
  /** In order of arrival, with the function that admits each of them. */
  readonly #waiting = new Map<Link, () => void>();
  /** The places of those that were admitted. */
  readonly #taken = new Map<Link, readonly Limit[]>();
  readonly #freed: () => void;
  #paces: readonly Pace[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** `places` limits waiting connections. `freed` is called when a place is returned, or when the rate has room again. */
  constructor(places: Limit, freed: () => void) {
    this.#places = places;
    this.#freed = freed;
  }

  /** Sets the limits that apply together: process, frontend and bind. Connections return their places where they took them. */
  set limits(limits: readonly Limit[]) {
    this.#limits = limits;
  }

  /** Sets the limits of new connections per second that apply together. */
  set paces(paces: readonly Pace[]) {
    this.#paces = paces;
  }

  /** Calls `start` when a place is free, now or later. The caller calls `leave` when the link has closed. */
  admit(link: Link, start: () => void): void {
    if (this.#free && this.#waiting.size === 0) return this.#start(link, start);
    if (this.#places.value >= this.#places.max) return link.close();
    this.#places.value += 1;
    this.#waiting.set(link, start);
    this.#wake();
  }

  /** Returns the places of a link that has closed; one that was waiting must not keep its position in the queue. */
  leave(link: Link): void {
    this.#unqueue(link);
    const taken = this.#taken.get(link);
    if (taken === undefined) return;
    this.#taken.delete(link);
    for (const limit of taken) limit.value -= 1;
    this.#freed();
  }

  /** Admits as many as there are free places; called when a count has gone down. */
  next(): void {
    for (const [link, start] of this.#waiting) {
      if (!this.#free) return this.#wake();
      this.#unqueue(link);
      if (!link.closed) this.#start(link, start);
    }
  }

  /** Closes the waiting connections. */
  close(): void {
    clearTimeout(this.#timer);
    for (const link of this.#waiting.keys()) {
      this.#unqueue(link);
      link.close();
    }
  }

  #unqueue(link: Link): void {
    if (this.#waiting.delete(link)) this.#places.value -= 1;
  }

  get #free(): boolean {
    return this.#limits.every(({ value, max }) => max === 0 || value < max) && this.#pause() === 0;
  }

  #pause(): number {
    return Math.max(0, ...this.#paces.map((pace) => pace.pause()));
  }

  /** A place that is returned wakes those that wait, but there is no event when a rate has room again. */
  #wake(): void {
    const pause = this.#pause();
    if (pause === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#freed();
    }, pause);
  }

  #start(link: Link, start: () => void): void {
    const taken = this.#limits;
    for (const limit of taken) limit.value += 1;
    this.#taken.set(link, taken);
    start();
  }
}
