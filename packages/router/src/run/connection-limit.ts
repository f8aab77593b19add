import type { Socket } from 'node:net';

/** A number of connections and its limit; 0 is no limit. The process, a frontend and a bind have one each. */
export interface Limit {
  value: number;
  max: number;
}

interface Waiting {
  readonly socket: Socket;
  readonly start: () => void;
}

/**
 * HAProxy's `maxconn` on clients: whoever comes when the limit is reached waits without getting a byte, and is
 * served when a place is free. HAProxy leaves them in the kernel's backlog; Node cannot stop accepting, so they are
 * accepted and not read from, and hold a descriptor each. So the wait has a limit too, which the binds of a process share:
 * beyond it a connection is closed at once. Otherwise silent clients would leave none for servers and checks.
 */
export class ConnectionLimit {
  #limits: readonly Limit[] = [];
  /** Those who wait, in the whole process. */
  readonly #places: Limit;
  /** In order of arrival. */
  readonly #waiting = new Set<Waiting>();
  readonly #freed: () => void;

  /** `places` are those to wait in. `freed` is called when a place is given back. */
  constructor(places: Limit, freed: () => void) {
    this.#places = places;
    this.#freed = freed;
  }

  /** What holds from now on, all at once: the process's, the frontend's and the bind's. Whoever has a place gives it back where it was taken. */
  set limits(limits: readonly Limit[]) {
    this.#limits = limits;
  }

  /** Calls `start` when a place is free, now or later. The place is given back when the socket closes. */
  admit(socket: Socket, start: () => void): void {
    if (this.#free && this.#waiting.size === 0) return this.#start({ socket, start });
    if (this.#places.value >= this.#places.max) return void socket.destroy();
    const waiting = { socket, start };
    this.#places.value += 1;
    this.#waiting.add(waiting);
    // One that left must not take the place of another in the queue.
    socket.once('close', () => this.#unqueue(waiting));
  }

  /** Lets in as many as there are places: for whoever is told that one of the limits went down. */
  next(): void {
    for (const waiting of this.#waiting) {
      if (!this.#free) return;
      this.#unqueue(waiting);
      if (!waiting.socket.destroyed) this.#start(waiting);
    }
  }

  /** Ends those who wait. */
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
    // After the other listeners: the log line of a connection counts the connection.
    socket.once('close', () => process.nextTick(() => this.#leave(taken)));
    start();
  }

  #leave(taken: readonly Limit[]): void {
    for (const limit of taken) limit.value -= 1;
    this.#freed();
  }
}
