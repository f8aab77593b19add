import type { Socket } from 'node:net';

/** A connection count and its limit; 0 is no limit. The process, each frontend and each bind have one. */
export interface Limit {
  value: number;
  max: number;
}

interface Waiting {
  readonly socket: Socket;
  readonly start: () => void;
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
  /** In order of arrival. */
  readonly #waiting = new Set<Waiting>();
  readonly #freed: () => void;

  /** `places` limits waiting connections. `freed` is called when a place is returned. */
  constructor(places: Limit, freed: () => void) {
    this.#places = places;
    this.#freed = freed;
  }

  /** Sets the limits that apply together: process, frontend and bind. Connections return their places where they took them. */
  set limits(limits: readonly Limit[]) {
    this.#limits = limits;
  }

  /** Calls `start` when a place is free, now or later. The place is returned when the socket closes. */
  admit(socket: Socket, start: () => void): void {
    if (this.#free && this.#waiting.size === 0) return this.#start({ socket, start });
    if (this.#places.value >= this.#places.max) return void socket.destroy();
    const waiting = { socket, start };
    this.#places.value += 1;
    this.#waiting.add(waiting);
    // A closed connection must not keep its position in the queue.
    socket.once('close', () => this.#unqueue(waiting));
  }

  /** Admits as many as there are free places; called when a count has gone down. */
  next(): void {
    for (const waiting of this.#waiting) {
      if (!this.#free) return;
      this.#unqueue(waiting);
      if (!waiting.socket.destroyed) this.#start(waiting);
    }
  }

  /** Closes the waiting connections. */
  close(): void {
    for (const waiting of this.#waiting) {
      this.#unqueue(waiting);
      waiting.socket.destroy();
    }
  }

  #unqueue(waiting: Waiting): void {
    if (this.#waiting.delete(waiting)) this.#places.value -= 1;
  }

  get #free(): boolean {
    return this.#limits.every(({ value, max }) => max === 0 || value < max);
  }

  #start({ socket, start }: Waiting): void {
    const taken = this.#limits;
    for (const limit of taken) limit.value += 1;
    // After the other listeners: the log line of a connection still counts it.
    socket.once('close', () => process.nextTick(() => this.#leave(taken)));
    start();
  }

  #leave(taken: readonly Limit[]): void {
    for (const limit of taken) limit.value -= 1;
    this.#freed();
  }
}
