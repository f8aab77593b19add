import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { HeadEdits } from '../../http/head-edits.ts';
import type { WireRequest } from '../../http/request-facts.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import type { PrivateConnections } from '../private-connections.ts';
import type { ServerLink } from './server-link.ts';

/** The client's side of an attempt. */
export interface AttemptClient {
  readonly request: IncomingMessage;
  readonly head: RequestHead;
  /** The same as rules left it. */
  readonly facts: WireRequest;
  readonly requestComplete: boolean;
  /** Nothing was asked on the client's connection before this request. */
  readonly firstRequest: boolean;
  readonly privateConnections: PrivateConnections<ServerLink>;
  /** Body bytes go to `take` until it returns false, then wait for `resumeBody`. `end` is called behind the last. */
  readBody(take: (chunk: Buffer) => boolean, end: () => void): void;
  resumeBody(): void;
  /** Passes an interim answer on. False when the client takes no more for now: see `onceDrained`. */
  interim(head: ResponseHead): boolean;
  /** Calls `drained` when the client has taken its interim answers. */
  onceDrained(drained: () => void): void;
  /** The final answer with what rules changed: its body, when it has one, is read from `message`. */
  answer(head: ResponseHead, message: IncomingMessage): void;
  /** Takes the final answer back. False when a part of it is on its way. */
  retract(): boolean;
  /** The answer opens a tunnel on `socket`; `rest` came right behind it. */
  tunnel(head: ResponseHead, socket: Socket, rest: Buffer, edits: HeadEdits | undefined): void;
}
