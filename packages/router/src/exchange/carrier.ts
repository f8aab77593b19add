import type { Answer } from '../model/answer.ts';
import type { BackendState, ServerState } from '../model/backend.ts';

/** What an engine offers the exchange for one request. Calls never throw and report back through the exchange. */
export interface Carrier {
  /**
   * Answers the client here. The engine adds framing, honours HEAD and HTTP/1.0, keeps or closes the connection,
   * counts bytes and status into the exchange, then calls `exchange.completed()`.
   */
  respond(answer: Answer): void;
  /** Carries the request to this server once. `fresh` forbids an idle pooled connection. */
  forward(server: ServerState, fresh: boolean): void;
  /** The server of this backend that this client connection has logged in to by a connection it still has, if any. */
  loggedInTo(backend: BackendState): ServerState | undefined;
  /** Ends the client connection as it is, so that a cut answer never looks complete. */
  abort(): void;
}
