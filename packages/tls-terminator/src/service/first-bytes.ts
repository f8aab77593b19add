import type { Link, LinkUser } from '@headgate/shared/net/link';
import type { Arrival } from './arrivals.ts';
import { goneAway } from './tls-failure.ts';

export interface FirstBytesUser {
  /** They are the caller's, and so is the link, which is paused. */
  readonly came: (bytes: Buffer) => void;
  readonly failed: (error: Error) => void;
}

/**
 * Waits for what a client sends first, before anything of TLS is made for it. A client that stays silent costs a socket; and what
 * Node's TLS reads at once depends on how much it is given first: 16 KiB instead of 64, so that a burst delays others less.
 */
export function awaitFirstBytes(arrival: Pick<Arrival, 'link' | 'opening'>, user: FirstBytesUser): void {
  arrival.opening = true;
  arrival.link.user = new FirstBytes(arrival, user);
  arrival.link.resume();
}

class FirstBytes implements LinkUser {
  readonly #arrival: { readonly link: Link; opening: boolean };
  readonly #user: FirstBytesUser;

  constructor(arrival: Pick<Arrival, 'link' | 'opening'>, user: FirstBytesUser) {
    this.#arrival = arrival;
    this.#user = user;
  }

  opened(): void {}

  data(chunk: Buffer): boolean {
    const { link } = this.#arrival;
    link.pause();
    const bytes = Buffer.from(chunk);
    // Not while the runtime is in the middle of this read.
    process.nextTick(() => {
      this.#arrival.opening = false;
      if (!link.closed) this.#user.came(bytes);
    });
    return false;
  }

  ended(): void {
    this.#arrival.opening = false;
    this.#user.failed(goneAway);
  }

  drained(): void {}

  closed(): void {}
}
