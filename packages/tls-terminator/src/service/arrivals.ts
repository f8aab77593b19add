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

/** Hands out the numbers of connections, from 0. */
export class Numbers {
  #next = 0;

  take(): number {
    return this.#next++;
  }
}

/**
 * The accepted connections. `tls.Server` reports a TLSSocket and not the socket below it, so one is found from the
 * other by the addresses and ports of both ends, unique among open connections to one listener. Peers of a unix
 * socket have none, and are not found.
 */
export class Arrivals {
  readonly #all = new Set<Arrival>();
  /** By the peer's port, which tells nearly all apart without a text made of addresses. */
  readonly #byPort = new Map<number, Arrival[]>();
  readonly #numbers: Numbers;

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
  add(raw: Socket, onClosed: (arrival: Arrival) => void): Arrival {
    const peer = { address: normalizeAddress(raw.remoteAddress), port: raw.remotePort ?? 0 };
    const local = { address: normalizeAddress(raw.localAddress), port: raw.localPort ?? 0 };
    const arrival: Arrival = { id: this.#numbers.take(), raw, peer, local, secured: false, failed: false };
    this.#all.add(arrival);
    if (peer.address !== '') this.#byPort.set(peer.port, [...(this.#byPort.get(peer.port) ?? []), arrival]);
    raw.on('close', () => {
      this.#remove(arrival);
      onClosed(arrival);
    });
    return arrival;
  }

  /** Stands in for a connection that cannot be found. */
  unnamed(): Pick<Arrival, 'id' | 'peer' | 'local'> & { readonly raw: undefined } {
    const nowhere = { address: '', port: 0 };
    return { id: this.#numbers.take(), peer: nowhere, local: nowhere, raw: undefined };
  }

  find(client: TLSSocket): Arrival | undefined {
    const { remoteAddress, remotePort } = client;
    if (remoteAddress === undefined || remotePort === undefined) return undefined;
    const address = normalizeAddress(remoteAddress);
    const same = this.#byPort.get(remotePort)?.filter(({ peer }) => peer.address === address) ?? [];
    // One peer may use one port towards two of our addresses at a time; only then is it worth asking which of them this is.
    if (same.length < 2) return same[0];
    const local = normalizeAddress(client.localAddress);
    return same.find((arrival) => arrival.local.address === local && arrival.local.port === client.localPort);
  }

  #remove(arrival: Arrival): void {
    this.#all.delete(arrival);
    const others = this.#byPort.get(arrival.peer.port)?.filter((other) => other !== arrival) ?? [];
    if (others.length === 0) this.#byPort.delete(arrival.peer.port);
    else this.#byPort.set(arrival.peer.port, others);
  }
}
