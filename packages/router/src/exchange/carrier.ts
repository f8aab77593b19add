import type { Answer } from '../model/answer.ts';
import type { BodyWait } from '../model/evaluation.ts';
import type { Failure } from '../model/failure.ts';
import type { BackendState, ServerState } from '../model/backend.ts';

/**
 * What an engine does with a response head: send it; drop it because another attempt has begun (`retry`), or because another answer, or
 * none, is sent (`replace`); or hold it until as much of its body is here as `exchange.bodyWait` wants, and then call `exchange.judged`.
 */
export type Verdict = 'pass' | 'retry' | 'replace' | 'wait';

/** The operations an engine provides to the exchange for one request. They never throw, and report back through the exchange. */
export interface Carrier {
  /**
   * Sends a generated answer to the client. The engine adds framing, honours HEAD and HTTP/1.0, keeps or closes the connection,
   * counts bytes and status into the exchange, then calls `exchange.completed()`.
   */
  respond(answer: Answer): void;
  /**
   * Reads the body of a request that is answered here, and calls `done` with it: with undefined when it is larger than `limit`
   * bytes or comes in chunks. A client that does not send it in time, or leaves, fails the exchange as usual.
   */
  collect(limit: number, done: (body: Buffer | undefined) => void): void;
  /**
   * Holds the body of the request until it is complete, as much of it is here as suffices, or no more fits, then calls `done`. A client
   * that takes longer fails the exchange.
   */
  buffer(wait: BodyWait, done: () => void): void;
  /** Sends a 103 (Early Hints) with these fields to a client that knows interim responses. */
  hint(fields: readonly (readonly [name: string, value: string])[]): void;
  /** Forwards the request to this server once. `fresh` forbids an idle pooled connection. */
  forward(server: ServerState, fresh: boolean): void;
  /**
   * The server of this backend that this client connection should use again, if any: the client has an authenticated
   * connection to it (NTLM, Negotiate), or a private one and `option prefer-last-server` is set.
   */
  preferred(backend: BackendState): ServerState | undefined;
  /** Ends the request, or its tunnel, for something that happened elsewhere: an attempt is given up, and the exchange fails. */
  kill(failure: Failure): void;
  /** Cuts the client connection, so that a truncated response never looks complete. */
  abort(): void;
}
