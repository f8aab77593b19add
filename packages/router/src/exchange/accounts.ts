import { performance } from 'node:perf_hooks';
import type { BackendState, ServerState } from '../model/backend.ts';
import type { ServingCounters } from '../model/counters.ts';
import type { ConnectionFacts } from '../model/facts.ts';
import type { Rejection } from '../model/outcome.ts';
import { bytesOfRequest } from '../model/record.ts';
import { failures, type Failure } from '../model/failure.ts';
import { countLatency } from '../stats/latency.ts';
import { addSample } from '../stats/average.ts';
import { pathOf } from '../sample/target.ts';
import type { FrontendContext } from './context.ts';
import type { ExchangeRecord } from './exchange-record.ts';
import { answeredWell, observed } from './observed.ts';

/*
 * What `show stat` says of an exchange, counted as it happens, where HAProxy counts it. Everything here is an addition to numbers that
 * are there already: nothing is made and nothing is looked up.
 */

/** A request has begun; the bytes of its head are counted. */
export function countRequest({ context, connection }: ExchangeRecord, headBytes: number, now: number): void {
  const { counters, process } = context;
  process.requests += 1;
  counters.requests += 1;
  counters.requestRate.add(now);
  counters.bytesIn += headBytes;
  if (connection.socket !== undefined) connection.socket.bytesIn += headBytes;
}

/** It was no request after all. */
export function countUnread({ context }: ExchangeRecord): void {
  context.process.requests -= 1;
  context.counters.requests -= 1;
}

/** It is in its backend. */
export function countEntered({ backend, headBytes }: ExchangeRecord, now: number): void {
  if (backend === undefined) return;
  countReached(backend, now);
  backend.counters.bytesIn += headBytes;
  // In mode tcp no request is.
  if (backend.config.mode === 'http') backend.counters.requests += 1;
}

/** It is sent to a server; each attempt counts. As in HAProxy the last session of a backend is the last that reached a server. */
export function countPlaced({ backend }: ExchangeRecord, server: ServerState, now: number): void {
  countReached(server, now);
  server.counters.lastSession = Math.floor(now);
  if (backend !== undefined) backend.counters.lastSession = Math.floor(now);
}

function countReached({ counters, current }: BackendState | ServerState, now: number): void {
  counters.sessions += 1;
  counters.sessionRate.add(now);
  if (current > counters.mostSessions) counters.mostSessions = current;
}

/** Another attempt: at the same server, or a different one. */
export function countRetry({ backend }: ExchangeRecord, server: ServerState | undefined, elsewhere: boolean): void {
  for (const counters of [server?.counters, backend?.counters]) {
    if (counters === undefined) continue;
    if (elsewhere) counters.redispatches += 1;
    else counters.retries += 1;
  }
}

/** A rule closed the connection without a word. As in HAProxy one on contents counts in the frontend alone. */
export function countRejected(exchange: ExchangeRecord, by: Rejection['by']): void {
  const { context, backend, connection } = exchange;
  context.counters.deniedRequests += 1;
  if (connection.socket !== undefined) connection.socket.deniedRequests += 1;
  if (by !== 'contents' && backend !== undefined) backend.counters.deniedRequests += 1;
}

/** A rule refused the request, or answered it. */
export function countSettled(
  { context, backend, connection, tally }: ExchangeRecord,
  { state, erred = state === 'P' }: { readonly state: 'L' | 'P' | 'I' | 'S'; readonly erred?: boolean | undefined },
): void {
  const { counters } = context;
  if (erred) tally?.erred();
  const { socket } = connection;
  if (state === 'P') {
    counters.deniedRequests += 1;
    if (socket !== undefined) socket.deniedRequests += 1;
    if (backend !== undefined) backend.counters.deniedRequests += 1;
  } else if (state === 'L') {
    if (backend === undefined) counters.intercepted += 1;
  } else {
    counters.internalErrors += 1;
    counters.failedRewrites += 1;
    if (socket !== undefined) socket.internalErrors += 1;
    if (backend !== undefined) backend.counters.internalErrors += 1;
  }
}

/** The server has answered, and this answer is used: only that is a request of the server in HAProxy, as against its attempts (`stot`). */
export function countAnswer(exchange: ExchangeRecord, status: number): void {
  const { server } = exchange;
  if (server !== undefined) {
    server.counters.responses[classOf(status)] += 1;
    server.counters.requests += 1;
  }
  observed(exchange, answeredWell(status) ? 'answered' : 'wrongStatus');
}

/** A rule on responses replaced the server's. */
export function countReplaced({ context, backend, server, connection }: ExchangeRecord, state: string): void {
  // `tcp-response content close`.
  if (state === 'S')
    for (const counters of [backend?.counters, server?.counters])
      if (counters !== undefined) counters.failedResponses += 1;
  if (state !== 'P' && state !== 'I') return;
  for (const counters of [context.counters, backend?.counters, server?.counters, connection.socket]) {
    if (counters === undefined) continue;
    if (state === 'P') counters.deniedResponses += 1;
    else counters.internalErrors += 1;
  }
}

/** A request that ended before any rule could see it: malformed, too slow, or cut. */
export function countRefused({ counters, process }: FrontendContext, { socket }: ConnectionFacts): void {
  process.requests += 1;
  counters.requests += 1;
  counters.requestRate.add(performance.now());
  counters.failedRequests += 1;
  counters.responses[4] += 1;
  if (socket !== undefined) socket.failedRequests += 1;
}

/** It could not be brought to a good end. `stage`: the second letter of its termination state, `-` for a tunnel that was ended on purpose. */
export function countFailure(exchange: ExchangeRecord, { code, source, state, status }: Failure, stage: string): void {
  const { context, backend, server, connection } = exchange;
  if (source !== 'client') {
    const where = server?.key ?? exchange.backendName;
    const { method, target } = exchange.facts;
    context.failed(where, `${code}: ${method} ${pathOf(target) ?? target}`);
  }
  if (code === failures.webSocketLimit.code || code === failures.webSocketServer.code)
    for (const counters of [context.counters, backend?.counters, server?.counters])
      if (counters !== undefined) counters.tunnelsLimited += 1;
  if (exchange.status === -1 && (status === 502 || status === 504)) exchange.tally?.failed();
  if (state.startsWith('I')) {
    context.counters.internalErrors += 1;
    if (backend !== undefined) backend.counters.internalErrors += 1;
    if (server !== undefined) server.counters.internalErrors += 1;
    return;
  }
  if (source === 'client' && stage === 'R') {
    context.counters.failedRequests += 1;
    if (connection.socket !== undefined) connection.socket.failedRequests += 1;
  }
  if (backend === undefined || stage === '-') return;
  for (const counters of [backend.counters, server?.counters])
    // A tunnel in which nothing came is the client's, as its log line says.
    if (counters !== undefined)
      countServing(counters, state === 'cD' ? 'client' : source, stage, state.startsWith('S'));
}

function countServing(counters: ServingCounters, source: Failure['source'], stage: string, cut: boolean): void {
  if (source === 'client') counters.clientAborts += 1;
  else if (stage === 'D') {
    counters.serverAborts += 1;
    // A body that the server cuts short is a wrong response too; one that stalls is not.
    if (cut) counters.failedResponses += 1;
  } else if (stage === 'H') counters.failedResponses += 1;
  else counters.failedConnections += 1;
}

/** A tunnel has opened (1) or ended (-1). */
export function countTunnel({ context, backend, server }: ExchangeRecord, change: 1 | -1): void {
  for (const counters of [context.counters, backend?.counters, server?.counters]) {
    if (counters === undefined) continue;
    counters.tunnels += change;
    if (change > 0) counters.tunnelsTotal += 1;
  }
}

/** A connection in mode tcp is over. */
export function countStreamEnd(exchange: ExchangeRecord): void {
  const { backend, server, queueTime, connectTime, activeTime } = exchange;
  exchange.tally?.transferred(exchange.bytesFromClient, exchange.bytesToClient);
  if (backend === undefined || server === undefined || connectTime < 0) return;
  for (const { counters } of [backend, server]) {
    counters.requests += 1;
    addTimes(counters, queueTime, connectTime, 0, activeTime);
  }
}

/** It is over. */
export function countEnd(exchange: ExchangeRecord): void {
  const { context, backend, server, status, queueTime, connectTime, responseTime, activeTime } = exchange;
  const answer = classOf(status);
  exchange.tally?.transferred(bytesOfRequest(exchange), exchange.bytesToClient);
  context.counters.responses[answer] += 1;
  if (backend === undefined) return;
  backend.counters.responses[answer] += 1;
  if (server === undefined) return;
  // Before that it may still go to another one.
  server.counters.bytesIn += exchange.headBytes;
  if (responseTime < 0 || connectTime < 0) return;
  addTimes(backend.counters, queueTime, connectTime, responseTime, activeTime);
  addTimes(server.counters, queueTime, connectTime, responseTime, activeTime);
}

function addTimes(counters: ServingCounters, queue: number, connect: number, response: number, total: number): void {
  const { requests } = counters;
  addSample(counters.queueTime, requests, queue);
  addSample(counters.connectTime, requests, connect);
  addSample(counters.responseTime, requests, response);
  addSample(counters.totalTime, requests, total);
  countLatency(counters.latency, queue + connect + response);
}

function classOf(status: number): 0 | 1 | 2 | 3 | 4 | 5 {
  return status >= 100 && status < 600 ? (Math.floor(status / 100) as 1 | 2 | 3 | 4 | 5) : 0;
}
