import type { Listener } from '../service/listener.ts';

/** Listeners of addresses that a configuration removed: what waits in their accept queues is still served. */
export class LeavingListeners {
  readonly #all = new Set<Listener>();
  #empty: Promise<unknown> = Promise.resolve();

  /** When the last ones have closed, in five seconds at most. */
  get emptied(): Promise<unknown> {
    return this.#empty;
  }

  add(listeners: readonly Listener[]): void {
    this.#empty = Promise.all(listeners.map((listener) => this.#drain(listener)));
  }

  close(): void {
    for (const listener of this.#all) listener.close();
  }

  async #drain(listener: Listener): Promise<void> {
    this.#all.add(listener);
    await listener.drain();
    this.#all.delete(listener);
  }
}
