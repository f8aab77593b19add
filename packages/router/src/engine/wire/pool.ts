import type { Route } from '../../connect/dial.ts';
import type { ServerState } from '../../model/backend.ts';
import type { Deadlines } from '../deadlines.ts';
import { IdleConnections } from '../idle-connections.ts';
import { ServerConnection } from './server-connection.ts';

/** The connections of this engine to every server. */
export class Pool extends IdleConnections<ServerConnection> {
  readonly #deadlines: Deadlines;

  constructor(deadlines: Deadlines) {
    super(deadlines);
    this.#deadlines = deadlines;
  }

  /** A new connection; `serverReady` of its user follows. */
  open(server: ServerState, connectTimeout: number, route: Route): ServerConnection {
    return new ServerConnection(server, this.#deadlines, connectTimeout, route);
  }
}
