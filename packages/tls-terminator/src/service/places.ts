import type { Link } from '@headgate/shared/net/link';

/** `free`: there was a place; `instead`: another connection had to give its own; `none`: there is none. */
export type Entry = 'free' | 'instead' | 'none';

/**
 * The places for connections of a service, and above them those of the whole process, which all services share. When there is
 * none left, the handshake that takes longest gives its place to the newcomer: clients that connect and say nothing can
 * keep nobody out.
 */
export class Places {
  #limit: number;
  readonly #above: Places | undefined;
  readonly #taken = new Set<Link>();
  /** Those without a finished handshake, the oldest first. */
  readonly #handshakes = new Set<Link>();

  constructor(limit: number, above?: Places) {
    this.#above = above;
    this.#limit = limit;
  }

  /** How many there are: never more than above. */
  get limit(): number {
    return Math.min(this.#limit, this.#above?.limit ?? this.#limit);
  }

  /** There are so many from now on. Who has a place keeps it. */
  resize(limit: number): void {
    this.#limit = limit;
  }

  enter(link: Link): Entry {
    const here = this.#taken.size < this.limit || this.#evict();
    if (here === false) return 'none';
    const above = this.#above?.enter(link) ?? 'free';
    if (above === 'none') return 'none';
    this.#taken.add(link);
    this.#handshakes.add(link);
    return here === true ? above : 'instead';
  }

  /** Its handshake is over: it keeps its place. */
  secure(link: Link): void {
    this.#handshakes.delete(link);
    this.#above?.secure(link);
  }

  leave(link: Link): void {
    this.#taken.delete(link);
    this.#handshakes.delete(link);
    this.#above?.leave(link);
  }

  #evict(): 'instead' | false {
    for (const oldest of this.#handshakes) {
      this.leave(oldest);
      oldest.close();
      return 'instead';
    }
    return false;
  }
}
