import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionFacts } from '../../model/facts.ts';
import type { Timed } from '../deadlines.ts';
import type { PrivateConnections } from '../private-connections.ts';
import type { Tunnels } from '../tunnels.ts';
import type { AttemptHost } from './attempt.ts';
import type { ServerLink } from './server-link.ts';

/** The client connection of a request, as its carrier sees it. */
export interface CarrierHost extends Pick<Timed, 'deadline'> {
  readonly host: AttemptHost & { readonly tunnels: Tunnels };
  readonly socket: Socket;
  readonly facts: ConnectionFacts;
  readonly privateConnections: PrivateConnections<ServerLink>;
  /** Nothing was asked on it before. */
  readonly firstRequest: boolean;
  /** The client has sent all it will. */
  readonly halfClosed: boolean;
  /** It ends behind this answer, whatever the answer says. */
  readonly mustClose: boolean;
  /** The answer is on the wire: the next request, or the end. The body of `unread` still comes in, and is dropped. */
  next(close: boolean, unread: IncomingMessage | undefined): void;
  /** Sends a last answer past Node's response objects and ends the connection behind it. */
  endWith(answer: Buffer): void;
  /** Ends the connection as it is; by a reset when its end would pass for the end of an answer. */
  abort(byReset: boolean): void;
}
