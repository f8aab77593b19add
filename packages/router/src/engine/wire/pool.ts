import type { Endpoint } from '@headgate/shared/net/endpoint';
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

  /** A new connection; `serverReady` of its user follows. `wanted`: where the client connected to. */
  open(server: ServerState, connectTimeout: number, wanted: Endpoint): ServerConnection {
    return new ServerConnection(server, this.#deadlines, connectTimeout, wanted);
  }
}
