import type { Socket } from 'node:net';

/** A number of connections and its limit; 0 is no limit. */
export interface Limit {
  value: number;
  readonly max: number;
}

interface Waiting {
  readonly socket: Socket;
  readonly start: () => void;
}

/**
 * HAProxy's `maxconn` on clients: whoever comes when the limit is reached waits without getting a byte, and is
 * served when a place is free. HAProxy leaves them in the kernel's backlog; Node cannot stop accepting, so they are
 * accepted and not read from. The wait has a limit too: beyond it a connection is closed at once.
 */
export class ConnectionLimit {
  readonly #limits: readonly Limit[];
  readonly #maxWaiting: number;
  readonly #waiting: Waiting[] = [];

  readonly #freed: () => void;

  /** All of `limits` hold at once: the process's and the frontend's. `freed` is called when a place is given back. */
  constructor(limits: readonly Limit[], maxWaiting: number, freed: () => void) {
    this.#limits = limits;
    this.#maxWaiting = maxWaiting;
    this.#freed = freed;
  }

  /** Calls `start` when a place is free, now or later. The place is given back when the socket closes. */
  admit(socket: Socket, start: () => void): void {
    if (this.#free && this.#waiting.length === 0) return this.#start({ socket, start });
    if (this.#waiting.length >= this.#maxWaiting) return void socket.destroy();
    this.#waiting.push({ socket, start });
  }

  /** Lets in as many as there are places: for whoever is told that one of the limits went down. */
  next(): void {
    while (this.#free) {
      const waiting = this.#waiting.shift();
      if (waiting === undefined) return;
      if (!waiting.socket.destroyed) this.#start(waiting);
    }
  }

  /** Ends those who wait. */
  close(): void {
    for (const { socket } of this.#waiting.splice(0)) socket.destroy();
  }

  get #free(): boolean {
    return this.#limits.every(({ value, max }) => max === 0 || value < max);
  }

  #start({ socket, start }: Waiting): void {
    for (const limit of this.#limits) limit.value += 1;
    socket.once('close', () => {
      for (const limit of this.#limits) limit.value -= 1;
      this.#freed();
    });
    start();
  }
}
