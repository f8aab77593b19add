import { Budget } from '@headgate/shared/net/budget';
import type { Link, LinkError, LinkUser, TlsClient } from '@headgate/shared/net/link';
import type { ServerState } from '../../model/backend.ts';
import type { Deadlines, Timed } from '../deadlines.ts';
import { countOpen, type Keeper, type Reusable } from '../idle-connections.ts';
import { STEPS } from '../allowance.ts';
import { dialServer, type Route } from '../../connect/dial.ts';
import type { HeadWriter } from '../../http/head-writer.ts';
import { AnswerReader } from './answer-reader.ts';
import { writeTogether } from './write.ts';

/** An answer of less, in one read, leaves nothing unread that came with it: every read has room for so much. Bytes. */
const BRIEF = 4096;

/** The user of a server connection now: one forwarding, then the delivery of its response; or one tunnel. */
export interface ServerUser {
  serverReady(): void;
  /** `chunk` is lent: its memory is read into again. True when someone may still hold it after the call. */
  serverData(chunk: Buffer): boolean;
  /** The server half-closed (FIN) in good order. */
  serverEnded(): void;
  /** The connection is gone; `error` says why when it was not in good order. */
  serverClosed(error: LinkError | undefined): void;
  serverDrained(): void;
  /** The turn of the event loop has come for which `turn` was refused, with the socket paused. */
  serverTurn(): void;
  serverTimedOut(): void;
}

/** One connection to one server: connecting, then used and idle in turns. Bytes that come while nobody has asked for any end it. */
export class ServerConnection implements LinkUser, Timed, Reusable {
  readonly server: ServerState;
  readonly to: ServerState['config']['address'];
  readonly link: Link;
  readonly name: string;
  readonly client: TlsClient | undefined;
  deadline = 0;
  uses = 0;
  readonly answers = new AnswerReader();
  user: ServerUser | undefined = undefined;
  keeper: Keeper | undefined = undefined;
  loggedIn = false;
  resting = false;
  restsUntil = 0;
  alive = true;
  /** What the server may cost in one turn of the loop: what is more waits, with the socket paused. */
  readonly turn = new Budget(STEPS, () => (this.user === undefined ? this.link.resume() : this.user.serverTurn()));
  readonly #deadlines: Deadlines;
  /** How many reads the answer took so far, and how much the last of them brought. */
  #reads = 0;
  #lastRead = 0;

  constructor(server: ServerState, deadlines: Deadlines, connectTimeout: number, route: Route) {
    this.server = server;
    this.to = server.config.address;
    this.#deadlines = deadlines;
    this.name = route.name;
    this.client = server.config.tls?.client;
    this.link = dialServer(server.config, route, this);
    this.deadline = deadlines.in(connectTimeout);
    deadlines.add(this);
    countOpen(server);
  }

  expired(): void {
    if (this.user === undefined) this.destroy();
    else this.user.serverTimedOut();
  }

  /** Over TLS a read is a record, and says nothing of the next one. */
  get brief(): boolean {
    return this.#reads === 1 && this.#lastRead < BRIEF && this.link.secure === undefined;
  }

  get unsent(): boolean {
    return this.link.waiting > 0;
  }

  /** Writes a request's head and body bytes; false when the server is slower than this. */
  write(head: HeadWriter, body: Buffer | undefined): boolean {
    this.#reads = 0;
    return writeTogether(this.link, head, body);
  }

  rested(): void {
    this.resting = false;
    if (this.alive) this.user?.serverReady();
  }

  destroy(): void {
    this.alive = false;
    this.turn.end();
    this.#deadlines.remove(this);
    this.link.close();
  }

  // ---- reports of the link ---------------------------------------------------------------------

  opened(): void {
    this.deadline = 0;
    this.user?.serverReady();
  }

  data(chunk: Buffer): boolean {
    this.#reads += 1;
    this.#lastRead = chunk.length;
    if (this.user !== undefined && !this.resting) return this.user.serverData(chunk);
    this.destroy();
    return false;
  }

  ended(): void {
    this.alive = false;
    if (this.user === undefined || this.resting) this.destroy();
    else this.user.serverEnded();
  }

  drained(): void {
    this.user?.serverDrained();
  }

  closed(error: LinkError | undefined): void {
    this.alive = false;
    this.server.counters.open -= 1;
    this.turn.end();
    this.#deadlines.remove(this);
    const { user } = this;
    this.user = undefined;
    if (user === undefined) this.keeper?.forget(this);
    else user.serverClosed(error);
  }
}
