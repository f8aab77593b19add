import { addedFields } from '../../http/forwarded.ts';
import { roomForFields, roomForHead, type HeadWriter } from '../../http/head-writer.ts';
import { greetingFor, proxyHeaderFor } from '../../http/proxy-header.ts';
import type { RequestHead } from '../../http/request-head.ts';
import { writeRequestHead } from '../../http/request-writer.ts';
import type { Route } from '../../connect/dial.ts';
import type { Exchange } from '../../exchange/exchange.ts';
import type { ServerState } from '../../model/backend.ts';
import type { Backend } from '../../model/snapshot.ts';
import type { ForwardingClient } from './forwarding-client.ts';
import type { ServerConnection } from './server-connection.ts';
import { beginHead } from './write.ts';

/** The request's head for this server, with what the next hop is told, and the PROXY header in front of it where one is due. */
export function requestOut(
  { context, facts }: ForwardingClient,
  exchange: Pick<Exchange, 'connection' | 'uniqueId'>,
  { server, uses }: ServerConnection,
  backend: Backend,
  request: RequestHead,
  close: boolean,
): HeadWriter {
  const added = addedFields(context.config, backend, facts);
  const { edits } = facts;
  const { sendProxy, tls } = server.config;
  const due = sendProxy !== 0 && tls === undefined && uses === 1;
  const proxy = due ? proxyHeaderFor(exchange, server.config) : undefined;
  const sent = beginHead(roomForHead(request.lines, edits) + roomForFields(added) + (proxy?.length ?? 0));
  if (proxy !== undefined) sent.range(proxy, 0, proxy.length);
  writeRequestHead(sent, request, edits, added, close);
  return sent;
}

/** How a connection for this request is opened. */
export function routeOf(exchange: Exchange, { config }: ServerState, name: string): Route {
  return { wanted: exchange.connection.destination, name, greeting: greetingFor(exchange, config) };
}
