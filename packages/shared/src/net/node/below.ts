import type { TLSSocket } from 'node:tls';
import { normalizeAddress } from '../endpoint.ts';
import type { PlainLink } from './plain-link.ts';

/**
 * The connections below those of a TLS server. `tls.Server` reports a TLSSocket and not the socket below it, so one is found from
 * the other by the addresses and ports of both ends, unique among open connections to one listener. Peers of a unix socket have
 * none, and are not found; neither is a connection that was reset, which has no address any more.
 */
export class Below {
  /** By its socket, which a TLS socket of this runtime knows in a place that its types do not show. */
  readonly #bySocket = new WeakMap<object, PlainLink>();
  /** By the peer's port, which tells nearly all apart without a text made of addresses. */
  readonly #byPort = new Map<number, PlainLink[]>();

  /** Registers a connection until it closes. */
  add(link: PlainLink): void {
    this.#bySocket.set(link.socket, link);
    const { address, port } = link.peer;
    if (address === '') return;
    this.#byPort.set(port, [...(this.#byPort.get(port) ?? []), link]);
    link.socket.once('close', () => this.#remove(link, port));
  }

  find(client: TLSSocket): PlainLink | undefined {
    const { remoteAddress, remotePort } = client;
    if (remoteAddress === undefined || remotePort === undefined) return undefined;
    const address = normalizeAddress(remoteAddress);
    const same = this.#byPort.get(remotePort)?.filter(({ peer }) => peer.address === address) ?? [];
    // One peer may use one port towards two of our addresses at a time; only then is it worth asking which of them this is.
    if (same.length < 2) return same[0];
    const local = normalizeAddress(client.localAddress);
    return same.find((link) => link.local.address === local && link.local.port === client.localPort);
  }

  /** Also one whose connection is gone, as that of a client whose certificate was refused: for the log, never to serve it. */
  findRefused(client: TLSSocket): PlainLink | undefined {
    const parent: unknown = Reflect.get(client, '_parent');
    const known = typeof parent === 'object' && parent !== null ? this.#bySocket.get(parent) : undefined;
    return known ?? this.find(client);
  }

  #remove(link: PlainLink, port: number): void {
    const others = this.#byPort.get(port)?.filter((other) => other !== link) ?? [];
    if (others.length === 0) this.#byPort.delete(port);
    else this.#byPort.set(port, others);
  }
}
