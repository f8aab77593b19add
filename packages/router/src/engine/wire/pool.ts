import type { ServerState } from '../../backend/contract.ts';
import { deadlineIn, type Deadlines } from './deadlines.ts';
import { ServerConnection } from './server-connection.ts';

/** Idle connections kept per server when `pool-max-conn` sets no limit of its own. */
const MAX_IDLE = 1024;
/** Hang up this much before the server said it would, so that a request never meets its FIN. Milliseconds. */
const IDLE_MARGIN = 1000;

/** The idle connections to every server, newest first out: it is the least likely to be closed by the server. */
export class Pool {
  readonly #idle = new Map<ServerState, ServerConnection[]>();
  readonly #deadlines: Deadlines;
  #closed = false;

  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines;
  }

  /** An idle connection that still looks alive, or undefined. */
  take(server: ServerState): ServerConnection | undefined {
    const idle = this.#idle.get(server);
    if (idle === undefined) return undefined;
    for (;;) {
      const connection = idle.pop();
      if (connection === undefined) return undefined;
      connection.onIdleEnd = undefined;
      connection.deadline = 0;
      if (connection.reusable) return connection;
      connection.destroy();
    }
  }

  /** A new connection; `serverReady` of its user follows. */
  open(server: ServerState, connectTimeout: number): ServerConnection {
    return new ServerConnection(server, this.#deadlines, connectTimeout);
  }

  /** Keeps a connection for the next request, or ends it when it may not be kept. */
  keep(connection: ServerConnection): void {
    const { config } = connection.server;
    connection.user = undefined;
    let idle = this.#idle.get(connection.server);
    if (idle === undefined) this.#idle.set(connection.server, (idle = []));
    const limit = config.poolMaxConn < 0 ? MAX_IDLE : config.poolMaxConn;
    if (this.#closed || idle.length >= limit || !connection.reusable) return connection.destroy();
    const hint = connection.idleTimeout === 0 ? config.poolPurgeDelay : Math.max(connection.idleTimeout - IDLE_MARGIN, 100);
    connection.deadline = deadlineIn(Math.min(hint, config.poolPurgeDelay));
    connection.onIdleEnd = this.#forget;
    idle.push(connection);
  }

  close(): void {
    this.#closed = true;
    for (const idle of this.#idle.values()) for (const connection of idle.splice(0)) connection.destroy();
  }

  readonly #forget = (connection: ServerConnection): void => {
    const idle = this.#idle.get(connection.server);
    const at = idle?.indexOf(connection) ?? -1;
    if (at !== -1) idle?.splice(at, 1);
  };
}
