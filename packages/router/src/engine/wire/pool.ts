import type { ServerState } from '../../backend/contract.ts';
import type { Deadlines } from '../deadlines.ts';
import { LastAnswer } from './last-answer.ts';
import { ServerConnection } from './server-connection.ts';

/** Idle connections kept per server when `pool-max-conn` sets no limit of its own. */
const MAX_IDLE = 1024;
/** Hang up this much before the server said it would, so that a request never meets its FIN. Milliseconds. */
const IDLE_MARGIN = 1000;
const SHORTEST_IDLE = 100;

/** The idle connections to every server, newest first out: it is the least likely to be closed by the server. */
export class Pool {
  readonly #servers = new Map<ServerState, { readonly idle: ServerConnection[]; readonly lastAnswer: LastAnswer }>();
  readonly #deadlines: Deadlines;
  #closed = false;

  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines;
  }

  /** An idle connection that is still alive as far as can be known, or undefined. */
  take(server: ServerState): ServerConnection | undefined {
    const idle = this.#servers.get(server)?.idle;
    let connection = idle?.pop();
    // One that has just ended is in the list until its socket says so, at the end of this turn of the loop.
    while (connection?.alive === false) connection = idle?.pop();
    if (connection === undefined) return undefined;
    connection.onIdleEnd = undefined;
    connection.deadline = 0;
    return connection;
  }

  /** A new connection; `serverReady` of its user follows. */
  open(server: ServerState, connectTimeout: number): ServerConnection {
    return new ServerConnection(server, this.#of(server).lastAnswer, this.#deadlines, connectTimeout);
  }

  /** Keeps a connection for the next request, or ends it when it may not be kept. `said`: see ResponseHead's `idleTimeout`. */
  keep(connection: ServerConnection, said: number): void {
    const { server, socket } = connection;
    const { poolMaxConn, poolPurgeDelay } = server.config;
    connection.user = undefined;
    const { idle } = this.#of(server);
    const limit = poolMaxConn < 0 ? MAX_IDLE : poolMaxConn;
    // Bytes of a request still unsent would be followed by the next one: such a connection serves nobody else.
    if (this.#closed || idle.length >= limit || !connection.alive || socket.writableLength > 0)
      return connection.destroy();
    const allowed = said === 0 ? poolPurgeDelay : Math.max(said - IDLE_MARGIN, SHORTEST_IDLE);
    connection.deadline = this.#deadlines.in(Math.min(allowed, poolPurgeDelay));
    connection.onIdleEnd = this.#forget;
    idle.push(connection);
  }

  close(): void {
    this.#closed = true;
    for (const { idle } of this.#servers.values()) for (const connection of idle.splice(0)) connection.destroy();
  }

  #of(server: ServerState): { readonly idle: ServerConnection[]; readonly lastAnswer: LastAnswer } {
    let found = this.#servers.get(server);
    if (found === undefined) this.#servers.set(server, (found = { idle: [], lastAnswer: new LastAnswer() }));
    return found;
  }

  readonly #forget = (connection: ServerConnection): void => {
    const { idle } = this.#of(connection.server);
    const at = idle.indexOf(connection);
    if (at !== -1) idle.splice(at, 1);
  };
}
