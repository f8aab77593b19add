/** How long a stop waits for handshakes that are under way, in milliseconds. */
export const HANDSHAKES_WHILE_DRAINING = 2000;

/**
 * The end of a service: no more connections come, and the last one has closed. One that gets connections from another, by the name
 * they request, goes after it: a connection there may not have said yet which name that is.
 */
export class Departure {
  readonly #isEmpty: () => boolean;
  readonly #over: () => void;
  readonly #before = new Set<Departure>();
  readonly #after = new Set<Departure>();
  readonly #promise = Promise.withResolvers<void>();
  #begun = false;
  #ended = false;

  /** `over` is called once. */
  constructor(isEmpty: () => boolean, over: () => void) {
    this.#isEmpty = isEmpty;
    this.#over = over;
  }

  /** Those that hand on are above those that they hand on to in the file, so there is no circle. */
  precedes(other: Departure): void {
    this.#after.add(other);
    other.#before.add(this);
  }

  /** No more connections come; resolves when it is over. */
  begin(): Promise<void> {
    this.#begun = true;
    this.settle();
    return this.#promise.promise;
  }

  /** Something has closed. */
  settle(): void {
    if (!this.#begun || this.#ended || this.#before.size > 0 || !this.#isEmpty()) return;
    this.#ended = true;
    this.#over();
    this.#promise.resolve();
    for (const other of this.#after) {
      other.#before.delete(this);
      other.settle();
    }
    this.#after.clear();
  }
}
