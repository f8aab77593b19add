import type { Socket } from 'node:net';
import { Budget } from '@headgate/shared/net/budget';
import { ReadMemory } from '@headgate/shared/net/lent-reads';
import type { ServerState } from '../../model/backend.ts';
import type { Deadlines, Timed } from '../deadlines.ts';
import { countOpen, type Reusable } from '../idle-connections.ts';
import { STEPS } from '../allowance.ts';
import { dial } from '../../connect/dial.ts';
import { AnswerReader } from './answer-reader.ts';

/** Who uses a server connection now: one forwarding, or one tunnel. */
export interface ServerUser {
  serverReady(): void;
  /** `chunk` is lent: its memory is read into again. True when someone may still hold it after the call. */
  serverData(chunk: Buffer): boolean;
  /** The server half-closed (FIN) in good order. */
  serverEnded(): void;
  /** The connection is gone; `error` says why when it was not in good order. */
  serverClosed(error: NodeJS.ErrnoException | undefined): void;
  serverDrained(): void;
  /** The turn of the event loop has come for which `turn` was refused, with the socket paused. */
  serverTurn(): void;
  serverTimedOut(): void;
}

/** One connection to one server: connecting, then used and idle in turns. Bytes that come while nobody has asked for any end it. */
export class ServerConnection implements Timed, Reusable {
  readonly server: ServerState;
  readonly socket: Socket;
  deadline = 0;
  uses = 0;
  readonly answers = new AnswerReader();
  user: ServerUser | undefined = undefined;
  onIdleEnd: (() => void) | undefined = undefined;
  loggedIn = false;
  resting = false;
  alive = true;
  /** What the server may cost in one turn of the loop: what is more waits, with the socket paused. */
  readonly turn = new Budget(STEPS, () => (this.user === undefined ? this.socket.resume() : this.user.serverTurn()));
  readonly #deadlines: Deadlines;
  #error: NodeJS.ErrnoException | undefined = undefined;

  constructor(server: ServerState, deadlines: Deadlines, connectTimeout: number) {
    this.server = server;
    this.#deadlines = deadlines;
    // Spares a buffer per read and the stream's own bookkeeping.
    const memory = new ReadMemory(true);
    const take = (chunk: Buffer): boolean => this.#read(chunk);
    const onread = {
      buffer: () => memory.next(),
      callback: (size: number) => {
        memory.lend(size, take);
        return true;
      },
    };
    this.socket = dial(server.config.address, { allowHalfOpen: true, onread });
    this.deadline = deadlines.in(connectTimeout);
    deadlines.add(this);
    countOpen(server);
    const { socket } = this;
    socket.on('error', (error) => {
      this.#error = error;
    });
    socket.once('connect', () => {
      this.deadline = 0;
      this.user?.serverReady();
    });
    socket.on('end', () => {
      this.alive = false;
      if (this.user === undefined || this.resting) this.destroy();
      else this.user.serverEnded();
    });
    socket.on('drain', () => this.user?.serverDrained());
    socket.on('close', () => this.#closed());
  }

  expired(): void {
    if (this.user === undefined) this.destroy();
    else this.user.serverTimedOut();
  }

  get unsent(): boolean {
    return this.socket.writableLength > 0;
  }

  rested(): void {
    this.resting = false;
    if (this.alive) this.user?.serverReady();
  }

  destroy(): void {
    this.alive = false;
    this.turn.end();
    this.#deadlines.remove(this);
    this.socket.destroy();
  }

  #read(chunk: Buffer): boolean {
    if (this.user !== undefined && !this.resting) return this.user.serverData(chunk);
    this.destroy();
    return false;
  }

  #closed(): void {
    this.alive = false;
    this.server.counters.open -= 1;
    this.turn.end();
    this.#deadlines.remove(this);
    const { user } = this;
    this.user = undefined;
    if (user === undefined) this.onIdleEnd?.();
    else user.serverClosed(this.#error);
  }
}
