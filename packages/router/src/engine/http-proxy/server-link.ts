import { Agent, type ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Endpoint } from '@headgate/shared/net/endpoint';
import { dialSocket } from '@headgate/shared/net/node/dial';
import { destinationFor, dialOptionsOf } from '../../connect/dial.ts';
import type { ServerState } from '../../model/backend.ts';
import type { Deadlines, Timed } from '../deadlines.ts';
import { countOpen, type Reusable } from '../idle-connections.ts';

/** Who waits for a connection that rests. */
interface Waiting {
  ready(): void;
  gone(): void;
}

/**
 * One connection to one server, as the agent of one socket: Node's own agents know neither whose a connection is, nor
 * that it rests. It connects as the wire engine and the checks do: Node's own way knows `localhost` from the hosts file
 * only. `greeting` (a PROXY header) goes first; a tunnel made of it can be half-closed.
 */
export class ServerLink extends Agent implements Reusable, Timed {
  readonly server: ServerState;
  readonly to: ServerState['config']['address'];
  deadline = 0;
  uses = 0;
  alive = true;
  loggedIn = false;
  resting = false;
  onIdleEnd: (() => void) | undefined = undefined;
  readonly #deadlines: Deadlines;
  readonly #greeting: Buffer | undefined;
  readonly #wanted: Endpoint;
  #socket: Socket | undefined = undefined;
  #waiting: Waiting | undefined = undefined;
  #keep: ((link: ServerLink) => void) | undefined = undefined;

  /** `wanted`: where its client connected to. */
  constructor(server: ServerState, deadlines: Deadlines, greeting: Buffer | undefined, wanted: Endpoint) {
    super({ keepAlive: true, maxFreeSockets: 1 });
    this.server = server;
    this.to = server.config.address;
    this.#deadlines = deadlines;
    this.#greeting = greeting;
    this.#wanted = wanted;
    deadlines.add(this);
    // Behind Node's own listener, which has put the socket aside or ended it.
    this.on('free', () => this.#freed());
  }

  get unsent(): boolean {
    return (this.#socket?.writableLength ?? 0) > 0;
  }

  override createConnection(): Duplex {
    const { config } = this.server;
    const socket = dialSocket(destinationFor(config, this.#wanted), dialOptionsOf(config));
    this.#socket = socket;
    countOpen(this.server);
    if (this.#greeting !== undefined) socket.write(this.#greeting);
    socket.once('close', () => this.#closed());
    return socket;
  }

  override reuseSocket(socket: Socket, request: ClientRequest): void {
    socket.off('data', this.#unasked);
    socket.off('end', this.#unasked);
    super.reuseSocket(socket, request);
  }

  /** Calls `ready` at once, or when it has rested; `gone` instead when it ends before. */
  begin(waiting: Waiting): void {
    if (this.resting) this.#waiting = waiting;
    else waiting.ready();
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
    this.#socket?.destroy();
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
    this.onIdleEnd?.();
  }
}
