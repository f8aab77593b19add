import { connect, type Socket } from 'node:net';
import type { ServerState } from '../../backend/contract.ts';
import { deadlineIn, type Deadlines, type Timed } from './deadlines.ts';

/** Who uses a server connection now: one forwarding, or one tunnel. */
export interface ServerUser {
  serverReady(): void;
  serverData(chunk: Buffer): void;
  /** The server half-closed (FIN) in good order. */
  serverEnded(): void;
  /** The connection is gone; `error` says why when it was not in good order. */
  serverClosed(error: NodeJS.ErrnoException | undefined): void;
  serverDrained(): void;
  serverTimedOut(): void;
}

/** One connection to one server: connecting, then used and idle in turns. Bytes that come while idle end it. */
export class ServerConnection implements Timed {
  readonly server: ServerState;
  readonly socket: Socket;
  deadline = 0;
  /** Requests carried so far. */
  uses = 0;
  /** How long the server keeps it idle, as it said itself; 0 unknown. */
  idleTimeout = 0;
  user: ServerUser | undefined = undefined;
  /** Called when an idle connection has ended, so that its pool forgets it. */
  onIdleEnd: ((connection: ServerConnection) => void) | undefined = undefined;
  readonly #deadlines: Deadlines;
  #error: NodeJS.ErrnoException | undefined = undefined;

  constructor(server: ServerState, deadlines: Deadlines, connectTimeout: number) {
    this.server = server;
    this.#deadlines = deadlines;
    const { address } = server.config;
    this.socket =
      address.kind === 'unix'
        ? connect({ path: address.path, allowHalfOpen: true })
        : connect({ host: address.host, port: address.port, allowHalfOpen: true, noDelay: true, autoSelectFamily: true });
    this.deadline = deadlineIn(connectTimeout);
    deadlines.add(this);
    const { socket } = this;
    socket.on('error', (error) => {
      this.#error = error;
    });
    socket.once('connect', () => {
      this.deadline = 0;
      this.user?.serverReady();
    });
    socket.on('data', (chunk: Buffer) => {
      if (this.user === undefined) this.destroy();
      else this.user.serverData(chunk);
    });
    socket.on('end', () => {
      if (this.user === undefined) this.destroy();
      else this.user.serverEnded();
    });
    socket.on('drain', () => this.user?.serverDrained());
    socket.on('close', () => this.#closed());
  }

  /** Still good for another request: nothing came, nothing ended, nothing is left unsent. */
  get reusable(): boolean {
    const { socket } = this;
    return !socket.destroyed && socket.readable && socket.writable && socket.writableLength === 0;
  }

  expired(): void {
    if (this.user === undefined) this.destroy();
    else this.user.serverTimedOut();
  }

  destroy(): void {
    this.#deadlines.remove(this);
    this.socket.destroy();
  }

  #closed(): void {
    this.#deadlines.remove(this);
    const { user } = this;
    this.user = undefined;
    if (user === undefined) this.onIdleEnd?.(this);
    else user.serverClosed(this.#error);
  }
}
