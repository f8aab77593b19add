import type { FrontendContext } from '../../exchange/context.ts';
import type { INVALID } from '../../http/body.ts';
import type { HeadWriter } from '../../http/head-writer.ts';
import type { WireRequest } from '../../http/request-facts.ts';
import type { CarrierHost } from './carrier-host.ts';
import type { ServerConnection } from './server-connection.ts';

/** What an attempt needs of its request, which may have several attempts. */
export interface ForwardingClient {
  /** The client's connection. */
  readonly host: CarrierHost;
  /** What the request began under. */
  readonly context: FrontendContext;
  /** The request as rules see it. */
  readonly facts: WireRequest;
  /** The client's connection ends after this answer, whatever the server says. */
  readonly mustClose: boolean;
  /** The client was told to send its body, without asking a server. */
  readonly continued: boolean;
  /** The request's body has been read to its end. */
  readonly requestComplete: boolean;
  /** Takes the body bytes read so far, the same ones again for another attempt; INVALID when their framing broke. */
  takeBody(): Buffer | undefined | typeof INVALID;
  /** Lets the client send on. */
  resumeClient(): void;
  /** Writes to the client; false when it is slower than the server. */
  write(head: HeadWriter | undefined, body: Buffer | undefined): boolean;
  /** The answer is complete. `close`: the client's connection cannot be kept. False: the exchange goes on until the client has taken it. */
  answerDone(close: boolean): boolean;
  /** A tunnel is open: `rest` came right behind the server's head. */
  tunnel(connection: ServerConnection, rest: Buffer | undefined): void;
}
