import { resetSocket } from '@headgate/shared/net/node/reset';
import { onceTaken } from '@headgate/shared/net/node/write';
import type { Socket } from 'node:net';
import type { Backend } from '../../model/snapshot.ts';
import type { Exchange } from '../../exchange/exchange.ts';
import { failures, type Failure } from '../../model/failure.ts';
import { shorter, tunnelTimeouts, type Deadlines, type Timed } from '../deadlines.ts';
import { conclude, farewellOf, type Farewell } from '../farewell.ts';
import { cut } from './cut.ts';
import type { Tunnels } from '../tunnels.ts';

/**
 * Raw bytes both ways after a 101 or a CONNECT. `timeout tunnel` for both directions; once one side has finished
 * sending, the fin timeouts, and then both sockets are destroyed: a server that ignores a FIN keeps nothing open.
 */
export class Tunnel implements Timed {
  deadline = 0;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #exchange: Exchange;
  readonly #deadlines: Deadlines;
  readonly #finTimeout: number;
  #timeout: number;
  /** What a silence is called: when the client has finished, the server's. */
  #silence: Failure = failures.tunnelTimeout;

  /** Of a WebSocket: follows its frames. */
  readonly #farewell: Farewell | undefined;
  /** It is no longer one of the open tunnels. */
  #left: () => void = () => {};

  constructor(
    client: Socket,
    server: Socket,
    exchange: Exchange,
    backend: Backend,
    deadlines: Deadlines,
    upgrade: string | undefined,
  ) {
    this.#farewell = farewellOf(exchange, backend, upgrade, {
      toClient: (bytes) => this.#pass(server, client, bytes),
      toServer: (bytes) => this.#pass(client, server, bytes),
      end: (failure) => this.end(failure),
    });
    this.#client = client;
    this.#server = server;
    this.#exchange = exchange;
    this.#deadlines = deadlines;
    const { silent, fin } = tunnelTimeouts(exchange.context.config.timeouts, backend.timeouts);
    this.#timeout = silent;
    this.#finTimeout = fin;
  }

  /** Joins the sockets; what was read of either side before comes first. `halfClosed`: the client's FIN came early. */
  start(clientHead: Buffer, serverHead: Buffer, halfClosed: boolean): void {
    const client = this.#client;
    const server = this.#server;
    this.#deadlines.add(this);
    let serverFailed = false;
    server.on('error', () => (serverFailed = true));
    server.once('close', () => this.#serverClosed(serverFailed));
    client.once('close', (failed) => this.#clientClosed(failed));
    const up = (chunk: Buffer) => {
      this.#exchange.countReceived(chunk.length);
      this.#pass(client, server, this.#farewell === undefined ? chunk : this.#farewell.fromClient(chunk));
    };
    const down = (chunk: Buffer) => {
      this.#exchange.countSent(chunk.length);
      this.#pass(server, client, this.#farewell === undefined ? chunk : this.#farewell.fromServer(chunk));
    };
    if (serverHead.length > 0) down(serverHead);
    if (clientHead.length > 0) up(clientHead);
    this.#relay(server, client, down);
    if (halfClosed) this.#finish(server);
    else this.#relay(client, server, up);
    server.on('drain', () => this.#drained(client));
    client.on('drain', () => this.#drained(server));
    this.#touch();
  }

  /** Becomes one of the open tunnels of its engine, which may end it with its server or its frontend. */
  join(tunnels: Tunnels): this {
    const farewell = this.#farewell;
    const leave = (): void => (farewell === undefined ? this.end(failures.killed) : farewell.begin());
    this.#left = tunnels.add(this.#exchange, farewell !== undefined, leave);
    return this;
  }

  /** It is no longer one of the open tunnels. */
  #over(): void {
    this.#farewell?.stop();
    this.#left();
  }

  expired(): void {
    this.end(this.#silence);
  }

  /** Ends both sides at once. */
  end(failure: Failure): void {
    if (failure === failures.killed) this.#farewell?.hurry();
    this.#over();
    this.#exchange.failed(failure);
    cut(this.#client);
    cut(this.#server);
  }

  #relay(from: Socket, to: Socket, pass: (chunk: Buffer) => void): void {
    from.on('data', pass);
    from.once('end', () => this.#finish(to));
    from.resume();
  }

  #pass(from: Socket, to: Socket, chunk: Buffer): void {
    this.#touch();
    if (to.writable && !to.write(chunk)) from.pause();
  }

  #drained(from: Socket): void {
    from.resume();
    this.#touch();
  }

  /** One side has said all it will: the other hears it, and may not take for ever. */
  #finish(to: Socket): void {
    if (to === this.#server && !to.readableEnded) this.#silence = failures.serverStalled;
    onceTaken(to, () => to.end());
    this.#timeout = shorter(this.#finTimeout, this.#timeout);
    this.#touch();
  }

  #clientClosed(failed: boolean): void {
    this.#deadlines.remove(this);
    this.#over();
    const clean = !failed && (this.#server.readableEnded || this.#server.destroyed);
    if (failed) resetSocket(this.#server);
    else cut(this.#server);
    conclude(this.#exchange, this.#farewell, clean ? undefined : failures.clientGone);
  }

  #serverClosed(failed: boolean): void {
    this.#over();
    if (failed) {
      resetSocket(this.#client);
      return conclude(this.#exchange, this.#farewell, failures.serverCut);
    }
    conclude(this.#exchange, this.#farewell, undefined);
    if (this.#client.writableEnded) this.#client.destroySoon();
    else onceTaken(this.#client, () => this.#client.destroySoon());
    this.deadline = this.#deadlines.in(this.#finTimeout);
  }

  #touch(): void {
    this.deadline = this.#deadlines.in(this.#timeout);
  }
}
