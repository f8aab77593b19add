import type { BackendState, ServerState } from '../model/backend.ts';
import type { Deadlines } from './deadlines.ts';
import {
  astray,
  beforeTheServer,
  countReuse,
  serves,
  wake,
  type IdleConnections,
  type Keeper,
  type Reusable,
} from './idle-connections.ts';

/** How many are kept for one client connection: HAProxy's `max-session-srv-conns`. */
const MAX_PRIVATE = 5;

/** The server connections that are one client connection's own: nobody else's requests may go on them. */
export class PrivateConnections<C extends Reusable> implements Keeper {
  /** One for each server, the one used last in the last place. Made when the first is kept: most clients never have one. */
  #idle: Map<ServerState, C> | undefined = undefined;
  readonly #shared: IdleConnections<C>;
  readonly #deadlines: Deadlines;
  #closed = false;

  constructor(shared: IdleConnections<C>, deadlines: Deadlines) {
    this.#shared = shared;
    this.#deadlines = deadlines;
  }

  /** As `IdleConnections.take`. */
  take(server: ServerState, name: string): C | undefined {
    const connection = this.#idle?.get(server);
    if (connection === undefined || !serves(connection, name)) return undefined;
    this.#idle?.delete(server);
    if (!connection.alive) return undefined;
    if (astray(connection)) {
      connection.destroy();
      return undefined;
    }
    countReuse(server);
    wake(connection);
    return connection;
  }

  /** As `IdleConnections.keep`, for as long as the client stays. */
  keep(connection: C, said: number): void {
    if (this.#closed || !this.#shared.rest(connection)) return connection.destroy();
    const { server } = connection;
    const idle = (this.#idle ??= new Map());
    idle.get(server)?.destroy();
    idle.delete(server);
    idle.set(server, connection);
    connection.deadline = said === 0 ? 0 : this.#deadlines.in(beforeTheServer(said));
    connection.keeper = this;
    for (const [oldest, one] of idle) {
      if (idle.size <= MAX_PRIVATE) break;
      idle.delete(oldest);
      one.destroy();
    }
  }

  forget(connection: C): void {
    const { server } = connection;
    if (this.#idle?.get(server) === connection) this.#idle.delete(server);
  }

  /** The server of this backend that the client logged in to last, or with `option prefer-last-server` went to last. */
  preferred(backend: BackendState): ServerState | undefined {
    if (this.#idle === undefined) return undefined;
    const any = backend.config.preferLastServer && backend.choosesFreely;
    let last: ServerState | undefined;
    for (const [server, { loggedIn, alive }] of this.#idle)
      if ((loggedIn || any) && alive && server.backend === backend) last = server;
    return last;
  }

  /** The client is gone: ends those that are idle, and those in use behind their answers. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#idle?.values() ?? []) connection.destroy();
    this.#idle = undefined;
  }
}
