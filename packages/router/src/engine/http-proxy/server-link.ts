import { Agent, type ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { normalizeAddress, type Endpoint } from '@headgate/shared/net/endpoint';
import type { Link, LinkError, LinkUser, Securing, TlsClient } from '@headgate/shared/net/link';
import { dialSocket } from '@headgate/shared/net/node/dial';
import { secureSocketOf } from '@headgate/shared/net/node/secure-dial';
import { destinationFor, dialOptionsOf, dialServer, type Route } from '../../connect/dial.ts';
import type { ServerState } from '../../model/backend.ts';
import type { Deadlines, Timed } from '../deadlines.ts';
import { countOpen, type Keeper, type Reusable } from '../idle-connections.ts';

/** Who waits for a connection that rests, or is opened. */
interface Waiting {
  ready(): void;
  /** It ended while it rested. */
  gone(): void;
  /** It could not be opened. */
  failed(error: LinkError | undefined): void;
}

/**
 * One connection to one server, as the agent of one socket: Node's own agents know neither whose a connection is, nor
 * that it rests. It connects as the wire engine and the checks do: Node's own way knows `localhost` from the hosts file
 * only. A PROXY header goes first; a tunnel made of it can be half-closed. Over TLS it is open before there is a request for it: what
 * Node's client writes must not reach a server that is refused.
 */
export class ServerLink extends Agent implements Reusable, Timed {
  readonly server: ServerState;
  readonly to: ServerState['config']['address'];
  readonly name: string;
  readonly client: TlsClient | undefined;
  /** The TLS of its connection, when it is open. */
  secure: Securing | undefined = undefined;
  deadline = 0;
  uses = 0;
  alive = true;
  loggedIn = false;
  resting = false;
  /** Node's client reads as much as it likes. */
  readonly brief = false;
  restsUntil = 0;
  keeper: Keeper | undefined = undefined;
  readonly #deadlines: Deadlines;
  readonly #route: Route;
  #opening: Link | undefined = undefined;
  #socket: Socket | undefined = undefined;
  #waiting: Waiting | undefined = undefined;
  #keep: ((link: ServerLink) => void) | undefined = undefined;

  constructor(server: ServerState, deadlines: Deadlines, route: Route) {
    super({ keepAlive: true, maxFreeSockets: 1 });
    this.server = server;
    this.to = server.config.address;
    this.#deadlines = deadlines;
    this.#route = route;
    this.name = route.name;
    this.client = server.config.tls?.client;
    deadlines.add(this);
    // Behind Node's own listener, which has put the socket aside or ended it.
    this.on('free', () => this.#freed());
  }

  get peer(): Endpoint {
    return { address: normalizeAddress(this.#socket?.remoteAddress ?? ''), port: this.#socket?.remotePort ?? 0 };
  }

  get local(): Endpoint {
    return { address: normalizeAddress(this.#socket?.localAddress ?? ''), port: this.#socket?.localPort ?? 0 };
  }

  get unsent(): boolean {
    return (this.#socket?.writableLength ?? 0) > 0;
  }

  override createConnection(): Duplex {
    const { config } = this.server;
    if (this.secure !== undefined && this.#socket !== undefined) return this.#socket;
    const { wanted, greeting } = this.#route;
    const socket = dialSocket(destinationFor(config, wanted), dialOptionsOf(config));
    this.#socket = socket;
    countOpen(this.server);
    if (greeting !== undefined) socket.write(greeting());
    socket.once('close', () => this.#closed());
    return socket;
  }

  override reuseSocket(socket: Socket, request: ClientRequest): void {
    socket.off('data', this.#unasked);
    socket.off('end', this.#unasked);
    super.reuseSocket(socket, request);
  }

  /** Calls `ready` at once, or when it has rested or is open; `gone` or `failed` instead when it ends before. */
  begin(waiting: Waiting): void {
    const opens = this.client !== undefined && this.secure === undefined;
    if (!opens && !this.resting) return waiting.ready();
    this.#waiting = waiting;
    if (opens) this.#open();
  }

  #open(): void {
    countOpen(this.server);
    const closed = (error: LinkError | undefined): void => {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      this.#closed();
      if (this.secure === undefined) waiting?.failed(error);
    };
    const user: LinkUser = { opened: () => this.#opened(), data: () => false, ended() {}, drained() {}, closed };
    this.#opening = dialServer(this.server.config, this.#route, user);
  }

  #opened(): void {
    const link = this.#opening;
    if (link === undefined) return;
    this.#socket = secureSocketOf(link);
    this.#socket.once('close', () => this.#closed());
    this.secure = link.secure;
    this.rested();
  }

  rested(): void {
    this.resting = false;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (this.alive) waiting?.ready();
  }

  /** The answer is whole: once Node has let go of the socket, `keep` finds a place for it. */
  keepWhenFree(keep: (link: ServerLink) => void): void {
    this.#keep = keep;
  }

  expired(): void {
    this.destroy();
  }

  override destroy(): void {
    this.alive = false;
    this.#deadlines.remove(this);
    super.destroy();
    if (this.#socket === undefined) this.#opening?.close();
    else this.#socket.destroy();
  }

  #freed(): void {
    const keep = this.#keep;
    const socket = this.#socket;
    this.#keep = undefined;
    if (keep === undefined || socket === undefined || socket.destroyed || !this.alive) return this.destroy();
    // Node reads a socket that nobody uses, and drops what it reads.
    socket.on('data', this.#unasked);
    socket.on('end', this.#unasked);
    socket.resume();
    keep(this);
  }

  /** Bytes, or an end, that no request asked for. */
  readonly #unasked = (): void => this.destroy();

  #closed(): void {
    this.alive = false;
    this.server.counters.open -= 1;
    this.#deadlines.remove(this);
    this.#waiting?.gone();
    this.#waiting = undefined;
    this.keeper?.forget(this);
  }
}
