import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { forwardCopy } from './forward.ts';
import { unreadBytes } from './unread-bytes.ts';

export interface DeliveryParts {
  readonly client: TLSSocket;
  /** The connection below; undefined when it is not known. */
  readonly raw: Socket | undefined;
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

  /** Passes the first `length` bytes of `bytes` on. False: the server is not to be read before `more`. */
  pass(length: number, bytes: Uint8Array): boolean {
    const { client, raw } = this.#parts;
    const room = forwardCopy(client, bytes, length, this.#taken);
    // Once the kernel takes no more, the client reads too slowly: what is read ahead for it is memory without a use.
    this.#full = !room || (raw !== undefined && unreadBytes(raw) > 0);
    return !this.#full;
  }

  readonly #taken = (): void => {
    if (!this.#full || this.#parts.client.writableLength > 0) return;
    this.#full = false;
    this.#parts.more();
  };
}
