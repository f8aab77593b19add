import type { ExchangeRecord } from '../exchange/exchange-record.ts';
import type { ServerState } from '../model/backend.ts';

/** A tunnel, as seen by what decides how long it may last. */
export interface OpenTunnel {
  readonly server: ServerState;
  /** The request that opened it, or the connection that it is in mode tcp. */
  readonly exchange: ExchangeRecord;
  readonly webSocket: boolean;
  /** Ends it as gently as its protocol allows. */
  leave(): void;
}

/** The open tunnels of one engine. */
export class Tunnels {
  readonly #open = new Map<OpenTunnel, NodeJS.Timeout | undefined>();
  /** How long tunnels last that are opened from now on, in milliseconds; undefined: as long as they want. */
  #within: number | undefined;

  /** Those that are open now, the oldest first. */
  get all(): readonly OpenTunnel[] {
    return [...this.#open.keys()];
  }

  /**
   * A tunnel has opened; `leave` ends it as gently as its protocol allows. Returns what to call when it is over. One to a server that
   * has left the configuration meanwhile gets the `drain-timeout`.
   */
  add(exchange: ExchangeRecord, webSocket: boolean, leave: () => void): () => void {
    const { server, context } = exchange;
    if (server === undefined) return () => {};
    const tunnel = { server, exchange, webSocket, leave };
    this.#open.set(tunnel, undefined);
    if (this.#within !== undefined) this.#schedule(tunnel, this.#within);
    else if (server.retired) this.#schedule(tunnel, context.global.drainTimeout);
    return () => {
      clearTimeout(this.#open.get(tunnel));
      this.#open.delete(tunnel);
    };
  }

  /** Tunnels to this server end within this time. */
  retire(server: ServerState, within: number): void {
    for (const tunnel of this.#open.keys()) if (tunnel.server === server) this.#schedule(tunnel, within);
  }

  /** All tunnels end within this time, also those that are still to come. */
  drain(within: number): void {
    this.#within = within;
    for (const tunnel of this.#open.keys()) this.#schedule(tunnel, within);
  }

  /** Somewhere in the second half of the time: clients that all come back in one moment would be a flood of their own. */
  #schedule(tunnel: OpenTunnel, within: number): void {
    if (this.#open.get(tunnel) !== undefined) return;
    const timer = setTimeout(() => tunnel.leave(), within * (0.5 + Math.random() / 2));
    timer.unref();
    this.#open.set(tunnel, timer);
  }
}
