/**
 * The border between what decides (rules, balancing, queue, retries, logs) and what carries bytes (an engine).
 * An engine owns sockets and HTTP framing; it knows nothing of rules. The exchange owns one request's fate;
 * it knows nothing of sockets. They meet here, and everything on this page is synchronous.
 */
import type { Socket } from 'node:net';
import type { Answer } from '../model/answer.ts';
import type { ConnectionFacts } from '../model/facts.ts';
import type { FrontendContext } from '../exchange/context.ts';
import type { BackendState, ServerState } from '../backend/contract.ts';

/** One engine instance serves one frontend. */
export interface Engine {
  /**
   * Takes over an accepted connection. `head` holds bytes already read behind a PROXY header, or is empty.
   * The socket has no listeners but 'error' when it arrives, is not flowing, and allows half-open.
   */
  serve(socket: Socket, facts: ConnectionFacts, head: Buffer): void;
  /** Stops keeping connections alive: idle ones close soon (engine/drain.ts), busy ones after their answer; tunnels go on. */
  drain(): void;
  /** Destroys every connection, client and server side. */
  close(): void;
}

export type CreateEngine = (context: FrontendContext) => Engine;

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
