/**
 * The border between what decides (rules, balancing, queue, retries, logs) and what carries bytes (an engine).
 * An engine owns sockets and HTTP framing; it knows nothing of rules. The exchange owns one request's fate; it knows
 * nothing of sockets. They meet here and in exchange/carrier.ts, and everything on both pages is synchronous.
 */
import type { Link } from '@headgate/shared/net/link';
import type { ConnectionFacts } from '../model/facts.ts';
import type { FrontendContext } from '../exchange/context.ts';
import type { OpenSession } from './open-session.ts';
import type { Tunnels } from './tunnels.ts';
import type { ServerState } from '../model/backend.ts';

/** One engine instance serves one frontend, under one configuration after another. */
export interface Engine {
  /** What requests begin under from now on; those that have begun finish under what they began with. */
  context: FrontendContext;
  /** Client connections it has. */
  readonly connections: number;
  readonly tunnels: Pick<Tunnels, 'all' | 'retire'>;
  /** What it serves now. */
  readonly sessions: readonly OpenSession[];
  /**
   * Takes over an accepted connection. `head` holds bytes already read behind a PROXY header, or is empty.
   * The link is paused when it arrives; its user is the engine's from then on, and `whenClosed` is not.
   */
  serve(link: Link, facts: ConnectionFacts, head: Buffer): void;
  /**
   * Stops keeping connections alive: idle ones close soon (engine/drain.ts), busy ones after their answer. Tunnels go on, or
   * end within that many milliseconds (engine/tunnels.ts). `handedOver`: idle ones keep their time, and close after one more answer.
   */
  drain(within?: number, handedOver?: boolean): void;
  /**
   * No configuration has this server any more: its idle connections end, those in use end after their answers, and tunnels within
   * that many milliseconds; default: the `drain-timeout` of the configuration.
   */
  retire(server: ServerState, within?: number): void;
  /** This server has another address now: its idle connections end, and those in use after their answers. Tunnels go on. */
  moved(server: ServerState): void;
  /** Destroys every connection, client and server side. */
  close(): void;
}

export type CreateEngine = (context: FrontendContext) => Engine;
