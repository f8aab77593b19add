import type { Exchange } from '../../exchange/exchange.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { Backend } from '../../model/snapshot.ts';
import type { Ownership } from '../reuse.ts';
import { tellReason } from '../tell-reason.ts';
import type { ForwardingClient } from './forwarding-client.ts';
import type { ServerConnection } from './server-connection.ts';

/** One request on its way to one server: what sending it (forwarding.ts) and delivering its response (delivery.ts) have in common. */
export interface Attempt {
  readonly client: ForwardingClient;
  readonly exchange: Exchange;
  readonly request: RequestHead;
  readonly backend: Backend;
  readonly connection: ServerConnection;
  /** Whose the connection is after the response. */
  readonly ownership: Ownership;
  /** All of the request was here when it was sent. */
  readonly replayable: boolean;
  /** A 100 was passed on: the client may send its body. */
  readonly continued: boolean;
}

/** `timeout server` runs anew while the server may speak (`speaks`, and it is read), or has to read. */
export function awaitServer({ client, connection, backend }: Attempt, speaks: boolean): void {
  const { link } = connection;
  const moves = (speaks && !link.paused) || link.full;
  connection.deadline = moves ? client.host.deadlines.in(backend.timeouts.server) : 0;
}

/** The connection ends and reports nothing more. */
export function letGo({ connection }: Attempt): void {
  connection.user = undefined;
  connection.destroy();
}

/** Logs why it failed, where the access line does not show it. */
export function explainFailure({ client, connection }: Attempt, connecting: boolean, reason: string | undefined): void {
  if (reason !== undefined) tellReason(client.context, connection.server, connecting, reason);
}
