import type { Endpoint } from '@headgate/shared/net/endpoint';
import type { Link } from '@headgate/shared/net/link';
import { Departure } from './departure.ts';

/** One accepted TCP (or unix) connection, from accept until it is closed. */
export interface Arrival {
  /** Counts from 0, as stunnel numbers connections. */
  readonly id: number;
  readonly link: Link;
  /** Who is calling: the other end of the connection, or what a PROXY header says. */
  peer: Endpoint;
  /** The address it was opened to, never a wildcard. */
  local: Endpoint;
  /** What a load balancer calls it in its PROXY header (PP2_TYPE_UNIQUE_ID). */
  uniqueId?: Buffer | undefined;
  /** When it was accepted. */
  readonly since: number;
  /** What its ClientHello says of it (`ja4`). */
  ja4?: string | undefined;
  /** The server name that its ClientHello requests ('' for none), where that was read and has decided about it. */
  requested?: string | undefined;
  /** Its ClientHello should have decided about it and could not be read: OpenSSL may read it all the same. */
  unread?: boolean;
  /** It is in front of its handshake: a PROXY header, a negotiation or a ClientHello is read. */
  opening: boolean;
  /** Handed to a session: the handshake succeeded. */
  secured: boolean;
  /** Its session has begun, and connects to a server. */
  begun: boolean;
  /** Why the handshake failed, once that was said. */
  failed: boolean;
}

/** Hands out the numbers of connections, from 0. */
export class Numbers {
  #next = 0;

  take(): number {
    return this.#next++;
  }
}

/** The accepted connections. */
export class Arrivals {
  readonly #all = new Map<Link, Arrival>();
  readonly #numbers: Numbers;
  /** When no more come: each that is here has its session, or will have none. */
  readonly begun = new Departure(
    () => [...this.#all.values()].every(({ begun, failed }) => begun || failed),
    () => {},
  );

  constructor(numbers: Numbers) {
    this.#numbers = numbers;
  }

  get size(): number {
    return this.#all.size;
  }

  [Symbol.iterator](): IterableIterator<Arrival> {
    return this.#all.values();
  }

  /** Registers a connection until it closes, and calls `onClosed` then. */
  add(link: Link, now: number, onClosed: (arrival: Arrival) => void): Arrival {
    const { peer, local } = link;
    const id = this.#numbers.take();
    const states = { opening: false, secured: false, begun: false, failed: false };
    const arrival: Arrival = { id, link, peer, local, since: now, ...states };
    this.#all.set(link, arrival);
    link.whenClosed = () => {
      this.#all.delete(link);
      this.begun.settle();
      onClosed(arrival);
    };
    return arrival;
  }

  /** Those that have been in front of their handshakes for `limit` milliseconds; 0 is no limit. */
  slow(now: number, limit: number): readonly Arrival[] {
    return limit === 0 ? [] : [...this.#all.values()].filter(({ opening, since }) => opening && now - since >= limit);
  }

  /** It goes to another service, which takes over `whenClosed`. */
  leave({ link }: Arrival): void {
    this.#all.delete(link);
    this.begun.settle();
  }

  /** Its session has begun. */
  begin(arrival: Arrival): void {
    arrival.begun = true;
    this.begun.settle();
  }

  find(link: Link | undefined): Arrival | undefined {
    return link === undefined ? undefined : this.#all.get(link);
  }

  /** Stands in for a connection that cannot be found. */
  unnamed(): Pick<Arrival, 'id' | 'peer' | 'local'> {
    const nowhere = { address: '', port: 0 };
    return { id: this.#numbers.take(), peer: nowhere, local: nowhere };
  }
}
