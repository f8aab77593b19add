import type { Link, LinkError } from '@headgate/shared/net/link';
import { failures, type Failure } from '../../model/failure.ts';
import type { Exchange } from '../../exchange/exchange.ts';
import type { Backend } from '../../model/snapshot.ts';
import { cut } from '../cut.ts';
import { shorter, tunnelTimeouts, type Deadlines, type Timed } from '../deadlines.ts';
import { conclude, farewellOf, type Farewell } from '../farewell.ts';
import type { Tunnels } from '../tunnels.ts';
import type { ServerConnection, ServerUser } from './server-connection.ts';

/** The client's half of a tunnel. */
export interface TunnelClient extends Pick<Timed, 'deadline'> {
  readonly link: Link;
  readonly deadlines: Deadlines;
}

/**
 * Raw bytes both ways after a 101 or a CONNECT. One inactivity timeout for both directions (`timeout tunnel`);
 * once a side has finished sending, the fin timeouts, so that no half-open tunnel stays.
 */
export class Tunnel implements ServerUser {
  readonly #client: TunnelClient;
  readonly #connection: ServerConnection;
  readonly #exchange: Exchange;
  readonly #finTimeout: number;
  #timeout: number;
  /** What a silence is called: when the client has finished, the server's. */
  #silence: Failure = failures.tunnelTimeout;

  /** Of a WebSocket: follows its frames. */
  readonly #farewell: Farewell | undefined;
  /** It is no longer one of the open tunnels. */
  #left: () => void = () => {};

  constructor(
    client: TunnelClient,
    connection: ServerConnection,
    exchange: Exchange,
    backend: Backend,
    upgrade: string | undefined,
  ) {
    this.#farewell = farewellOf(exchange, backend, upgrade, {
      toClient: (bytes) => this.#toClient(bytes),
      toServer: (bytes) => this.#toServer(bytes),
      end: (failure) => this.end(failure),
    });
    this.#client = client;
    this.#connection = connection;
    this.#exchange = exchange;
    const { silent, fin } = tunnelTimeouts(exchange.context.config.timeouts, backend.timeouts);
    this.#timeout = silent;
    this.#finTimeout = fin;
    connection.user = this;
    connection.deadline = 0;
    this.#touch();
  }

  /** Becomes one of the open tunnels of its engine, which may end it with its server or its frontend. */
  join(tunnels: Tunnels): this {
    const farewell = this.#farewell;
    const leave = (): void => (farewell === undefined ? this.end(failures.killed) : farewell.begin());
    this.#left = tunnels.add(this.#exchange, farewell !== undefined, leave);
    return this;
  }

  clientData(chunk: Buffer): void {
    this.#exchange.countReceived(chunk.length);
    this.#touch();
    this.#toServer(this.#farewell === undefined ? chunk : this.#farewell.fromClient(chunk));
  }

  #toServer(bytes: Buffer): void {
    if (!this.#connection.link.write(bytes)) this.#client.link.pause();
  }

  /** Something the client sent is still in memory here. */
  get holdsUpload(): boolean {
    return this.#connection.unsent;
  }

  clientEnded(): void {
    const { link } = this.#connection;
    if (!link.readEnded) this.#silence = failures.serverStalled;
    link.whenTaken(() => link.end());
    this.#finish();
  }

  clientDrained(): void {
    this.#connection.link.resume();
    this.#touch();
  }

  /** The client's socket is gone: nothing may keep the server's. */
  clientClosed(failed: boolean): void {
    const { link } = this.#connection;
    const clean = !failed && (link.readEnded || link.closed);
    this.#over();
    this.#connection.user = undefined;
    if (clean && link.waiting > 0) {
      // Both sides have ended, and the server has yet to take the last of what the client sent.
      this.#connection.deadline = this.#client.deadlines.in(this.#finTimeout);
      link.whenTaken(() => this.#connection.destroy());
    } else {
      if (failed) link.reset();
      else cut(link);
      this.#connection.destroy();
    }
    conclude(this.#exchange, this.#farewell, clean ? undefined : failures.clientGone);
  }

  /** Neither side said anything for the whole timeout. */
  timedOut(): void {
    this.end(this.#silence);
  }

  /** Ends both sides at once. */
  end(failure: Failure): void {
    if (failure === failures.killed) this.#farewell?.hurry();
    this.#over();
    this.#connection.user = undefined;
    cut(this.#connection.link);
    this.#connection.destroy();
    // Before the exchange ends it in good order.
    cut(this.#client.link);
    this.#exchange.failed(failure);
  }

  serverReady(): void {
    // A tunnel is only made of a connection that is ready.
  }

  serverData(chunk: Buffer): boolean {
    this.#exchange.countSent(chunk.length);
    this.#touch();
    this.#toClient(this.#farewell === undefined ? chunk : this.#farewell.fromServer(chunk));
    return this.#client.link.waiting > 0;
  }

  #toClient(bytes: Buffer): void {
    if (!this.#client.link.write(bytes)) this.#connection.link.pause();
  }

  serverEnded(): void {
    const { link } = this.#client;
    link.whenTaken(() => link.end());
    this.#finish();
  }

  serverDrained(): void {
    this.#client.link.resume();
    this.#touch();
  }

  serverClosed(error: LinkError | undefined): void {
    const { link } = this.#client;
    this.#over();
    if (error === undefined) {
      conclude(this.#exchange, this.#farewell, undefined);
      if (link.writeEnded) link.closeSoon();
      else link.whenTaken(() => link.closeSoon());
      this.#client.deadline = this.#client.deadlines.in(this.#finTimeout);
      return;
    }
    link.reset();
    conclude(this.#exchange, this.#farewell, failures.serverCut);
  }

  serverTimedOut(): void {
    this.timedOut();
  }

  serverTurn(): void {
    if (!this.#client.link.full) this.#connection.link.resume();
  }

  /** It is no longer one of the open tunnels. */
  #over(): void {
    this.#farewell?.stop();
    this.#left();
  }

  #finish(): void {
    this.#timeout = shorter(this.#finTimeout, this.#timeout);
    this.#touch();
  }

  #touch(): void {
    this.#client.deadline = this.#client.deadlines.in(this.#timeout);
  }
}
