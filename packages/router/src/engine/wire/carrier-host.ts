import type { Budget } from '@headgate/shared/net/budget';
import type { Link } from '@headgate/shared/net/link';
import type { ConnectionFacts } from '../../model/facts.ts';
import type { Deadlines, Timed } from '../deadlines.ts';
import type { PrivateConnections } from '../private-connections.ts';
import type { Tunnels } from '../tunnels.ts';
import type { Pool } from './pool.ts';
import type { RequestReader } from './request-reader.ts';
import type { ServerConnection } from './server-connection.ts';

/** The client connection of a request, as its carrier sees it. */
export interface CarrierHost extends Pick<Timed, 'deadline'> {
  readonly link: Link;
  readonly facts: ConnectionFacts;
  readonly pool: Pool;
  readonly deadlines: Deadlines;
  readonly privateConnections: PrivateConnections<ServerConnection>;
  /** The open tunnels of the engine. */
  readonly tunnels: Tunnels;
  /** What was read and nobody has taken: a body before it has a server, and all that comes behind the request. */
  readonly reader: RequestReader;
  /** What the client may cost in one turn of the loop. */
  readonly turn: Budget;
  /** What came has to wait for a later turn of the loop; the link is paused. */
  readonly hasToWait: boolean;
  /** Something was asked on it before this request. */
  readonly served: boolean;
  /** The client has sent all it will. */
  readonly halfClosed: boolean;
  /** Nothing is read from it any more but to be dropped. */
  readonly closing: boolean;
  /** It ends after this answer: the client has sent all it will and nothing of it is unread, or the engine is draining. */
  readonly lastRequest: boolean;
  /** The answer is written: the next request, or the end. `unread`: the body of this request still comes. */
  next(close: boolean, unread: boolean): void;
  /** Ends the connection as it is; by a reset when its end would pass for the end of an answer. */
  abort(byReset: boolean): void;
  /** A defect of ours: this connection ends and says why, the others go on. */
  broken(error: unknown): void;
}
