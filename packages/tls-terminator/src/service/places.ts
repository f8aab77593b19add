import { addressToBytes } from '@headgate/shared/net/ip-bytes';
import type { Link } from '@headgate/shared/net/link';

/** `free`: there was a place; `instead`: another connection had to give its own; `none`: there is none. */
export type Entry = 'free' | 'instead' | 'none';

/** Limits besides the number of places; 0 is none. */
export interface Bounds {
  /** Unfinished handshakes: one more takes the place of the oldest. */
  readonly handshakes: number;
  /** Connections of one IPv4 address, or of one IPv6 network of 64 bits, which is what a single customer gets. */
  readonly perAddress: number;
}

/**
 * The places for connections of a service, and above them those of the whole process, which all services share. When there is
 * none left, the handshake that takes longest gives its place to the newcomer: clients that connect and say nothing can
 * keep nobody out.
 */
export class Places {
  #limit: number;
  #bounds: Bounds = { handshakes: 0, perAddress: 0 };
  readonly #above: Places | undefined;
  /** Connections of each address; as many entries as there are connections at most. */
  readonly #byAddress = new Map<string, number>();
  /** With the address they are counted by; '' for none. */
  readonly #taken = new Map<Link, string>();
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
  resize(limit: number, bounds: Bounds = this.#bounds): void {
    this.#limit = limit;
    this.#bounds = bounds;
  }

  enter(link: Link): Entry {
    const { handshakes, perAddress } = this.#bounds;
    const address = perAddress === 0 ? '' : sourceOf(link);
    if (address !== '' && (this.#byAddress.get(address) ?? 0) >= perAddress) return 'none';
    const crowded = handshakes > 0 && this.#handshakes.size >= handshakes;
    const here = crowded || this.#taken.size >= this.limit ? this.#evict() : true;
    if (here === false) return 'none';
    const above = this.#above?.enter(link) ?? 'free';
    if (above === 'none') return 'none';
    this.#taken.set(link, address);
    this.#handshakes.add(link);
    if (address !== '') this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1);
    return here === true ? above : 'instead';
  }

  /** Its handshake is over: it keeps its place. */
  secure(link: Link): void {
    this.#handshakes.delete(link);
    this.#above?.secure(link);
  }

  leave(link: Link): void {
    const address = this.#taken.get(link) ?? '';
    const left = (this.#byAddress.get(address) ?? 0) - 1;
    if (left > 0) this.#byAddress.set(address, left);
    else this.#byAddress.delete(address);
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

function sourceOf({ peer: { address } }: Link): string {
  const bytes = addressToBytes(address);
  return bytes === undefined ? '' : bytes.subarray(0, 8).toString('latin1');
}
