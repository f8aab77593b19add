import type { MeasuredLink } from '@headgate/shared/net/link';

export interface DeliveryParts {
  readonly client: Pick<MeasuredLink, 'copy' | 'stuck' | 'waiting'>;
  /** The client has taken what it was too slow for: more may come. */
  readonly more: () => void;
}

/** What a server says, on its way to the client, and no more of it in memory than a client that reads nothing may keep. */
export class Delivery {
  readonly #parts: DeliveryParts;
  #full = false;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  /** Passes `bytes` on, whose memory is used again. False: the server is not to be read before `more`. */
  pass(bytes: Buffer): boolean {
    const { client } = this.#parts;
    const room = client.copy(bytes, this.#taken);
    // Once the kernel takes no more, the client reads too slowly: what is read ahead for it is memory without a use.
    this.#full = !room || client.stuck;
    return !this.#full;
  }

  readonly #taken = (): void => {
    if (!this.#full || this.#parts.client.waiting > 0) return;
    this.#full = false;
    this.#parts.more();
  };
}
