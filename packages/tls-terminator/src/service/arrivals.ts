import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { normalizeAddress } from '@headgate/shared/net/endpoint';
import type { Endpoint } from '@headgate/shared/net/endpoint';

/** One accepted TCP (or unix) connection, from accept until it is closed. */
export interface Arrival {
  /** Counts from 0, as stunnel numbers connections. */
  readonly id: number;
  readonly raw: Socket;
  readonly peer: Endpoint;
  /** The address it was opened to, never a wildcard. */
  readonly local: Endpoint;
  /** Handed to a session: the handshake succeeded. */
  secured: boolean;
  /** Why the handshake failed, once that was said. */
  failed: boolean;
}

/**
 * The accepted connections. `tls.Server` reports a TLSSocket and not the socket below it, so one is found from the
 * other by the peer's address and port, unique among open connections to one listener. Peers of a unix socket
 * have none, and are not found.
 */
export class Arrivals {
  readonly #all = new Set<Arrival>();
  readonly #byPeer = new Map<string, Arrival>();
  #next = 0;

  get size(): number {
    return this.#all.size;
  }

  [Symbol.iterator](): IterableIterator<Arrival> {
    return this.#all.values();
  }

  /** Registers a connection until it closes, and calls `onClosed` then. */
  add(raw: Socket, onClosed: (arrival: Arrival) => void): Arrival {
    const peer = { address: normalizeAddress(raw.remoteAddress), port: raw.remotePort ?? 0 };
    const local = { address: normalizeAddress(raw.localAddress), port: raw.localPort ?? 0 };
    const arrival: Arrival = { id: this.#next++, raw, peer, local, secured: false, failed: false };
    const key = keyOf(raw);
    this.#all.add(arrival);
    if (key !== undefined) this.#byPeer.set(key, arrival);
    raw.on('close', () => {
      this.#all.delete(arrival);
      if (key !== undefined && this.#byPeer.get(key) === arrival) this.#byPeer.delete(key);
      onClosed(arrival);
    });
    return arrival;
  }

  /** Stands in for a connection that cannot be found. */
  unnamed(): Pick<Arrival, 'id' | 'peer' | 'local'> & { readonly raw: undefined } {
    const nowhere = { address: '', port: 0 };
    return { id: this.#next++, peer: nowhere, local: nowhere, raw: undefined };
  }

  find(client: TLSSocket): Arrival | undefined {
    const key = keyOf(client);
    return key === undefined ? undefined : this.#byPeer.get(key);
  }
}

function keyOf(socket: Socket): string | undefined {
  const { remoteAddress, remotePort } = socket;
  if (remoteAddress === undefined || remotePort === undefined) return undefined;
  return `${remoteAddress} ${remotePort} ${socket.localAddress} ${socket.localPort}`;
}
