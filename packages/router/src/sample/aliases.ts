/** The aliases of format strings (HAProxy configuration manual §8.2.4). One table, so the file is as long as the list. */
import type { CapturedValues } from '../model/captures.ts';
import type { Evaluation, ServerEnds } from '../model/evaluation.ts';
import { bytesOfRequest, type AccessRecord } from '../model/record.ts';
import type { Read } from '../model/values.ts';
import { addressBytes } from './address.ts';
import { bracedCaptures, cookieCapture, listedCaptures } from './captured.ts';
import { greenwichDate, localDate, milliseconds, zonedDate } from './date.ts';
import { pathOf, queryOf } from './target.ts';
import type { Flags, FormatOptions } from './shown.ts';
import { badRequest, requestText } from './words.ts';

export interface Alias {
  readonly doc: string;
  readonly reads: readonly Read[];
  /** Undefined: no value. A number that is -1 is printed as it is. */
  readonly value: (on: Evaluation, flags: Flags) => string | number | undefined;
  /** Writes itself, in place of `value`. */
  readonly write?: (on: Evaluation, flags: Flags, options: FormatOptions) => string;
  /** As in HAProxy never in quotes: a time, which is written as it is. */
  readonly bare?: true;
  /** Nothing at all, not even a dash, where this side has no capture slots. */
  readonly captures?: 'request' | 'response';
}

const connection: readonly Read[] = ['connection'];
const target: readonly Read[] = ['target'];
const line: readonly Read[] = ['method', 'target', 'version'];

/** An alias read from the record of the exchange: in a log line all of it, in a rule what is known by then, as in HAProxy. */
function recorded(doc: string, value: (record: AccessRecord) => string | number | undefined): Alias {
  return { doc, reads: ['state'], value: ({ record }) => (record === undefined ? undefined : value(record)) };
}

/** A time of the record. */
function dated(doc: string, value: (record: AccessRecord) => string): Alias {
  return { ...recorded(doc, value), bare: true };
}

/** Empty without a connection to a server. */
function serverEnd(doc: string, value: (ends: ServerEnds) => string | number): Alias {
  return { doc, reads: ['server-tls'], value: ({ serverEnds }) => serverEnds && value(serverEnds) };
}

/** With a plus sign in a line that is written before the end (`option logasap`). */
function soFar({ early }: AccessRecord, value: number): string | number {
  return early === true ? `+${value}` : value;
}

function capturedHeaders(
  side: 'request' | 'response',
  written: (values: CapturedValues['request'], flags: Flags) => string,
  doc: string,
): Alias {
  return {
    doc,
    reads: ['captures'],
    captures: side,
    value: () => undefined,
    write: ({ captures }, flags) => (captures === undefined ? '' : written(captures[side], flags)),
  };
}

function capturedCookie(of: 'requestCookie' | 'responseCookie', doc: string): Alias {
  return {
    doc,
    reads: ['captures'],
    value: () => undefined,
    write: ({ captures }, flags, options) => cookieCapture(captures?.[of], flags, options),
  };
}

/** A time derived from two others: -1 when either was not reached. */
function sum(...times: readonly number[]): number {
  return times.some((time) => time < 0) ? -1 : times.reduce((total, time) => total + time, 0);
}

const address =
  (of: (on: Evaluation) => string): Alias['value'] =>
  (on, { hex }) =>
    hex ? (addressBytes(of(on))?.toString('hex').toUpperCase() ?? '') : of(on);
const number =
  (of: (on: Evaluation) => number): Alias['value'] =>
  (on, { hex }) =>
    hex ? of(on).toString(16).toUpperCase().padStart(4, '0') : of(on);

/** The request line as it came: aliases tell what was asked, whatever rules made of it; badRequest where none could be read, as in HAProxy. */
function asked({ request, record }: Evaluation): { readonly method: string; readonly target: string } {
  if (record?.requestLine === badRequest) return { method: badRequest, target: badRequest };
  return request.received ?? request;
}

/** A part of the target that was asked for, as a log may hold it. */
function targetPart(on: Evaluation, part: (whole: string) => string | undefined): string | undefined {
  const { target: whole } = asked(on);
  const found = whole === badRequest ? badRequest : part(whole);
  return found === undefined ? undefined : requestText(found);
}

/** Every alias by its name. */
export const aliases: Readonly<Record<string, Alias>> = {
  ci: { doc: "client's address", reads: connection, value: address((on) => on.connection.client.address) },
  cp: { doc: "client's port", reads: connection, value: number((on) => on.connection.client.port) },
  fi: {
    doc: 'address the client connected to',
    reads: connection,
    value: address((on) => on.connection.destination.address),
  },
  fp: { doc: 'port the client connected to', reads: connection, value: number((on) => on.connection.destination.port) },
  sslc: {
    doc: 'cipher of the client’s TLS connection',
    reads: connection,
    value: (on) => on.connection.tls?.cipher || undefined,
  },
  sslv: {
    doc: 'version of the client’s TLS connection',
    reads: connection,
    value: (on) => on.connection.tls?.version || undefined,
  },
  f: { doc: 'frontend', reads: ['entrance'], value: (on) => on.entrance?.frontend },
  ft: {
    doc: 'frontend, with ~ for TLS',
    reads: ['entrance', 'connection'],
    value: ({ entrance, connection }) =>
      entrance !== undefined && connection.terminated === true ? `${entrance.frontend}~` : entrance?.frontend,
  },
  H: { doc: 'name of the machine', reads: [], value: (on) => on.world.hostname },
  T: { doc: 'time, GMT', reads: ['clock'], bare: true, value: (on) => greenwichDate(on.world.now() / 1000) },
  Ts: { doc: 'time in seconds since 1970', reads: ['clock'], value: number((on) => Math.floor(on.world.now() / 1e6)) },
  HM: { doc: 'method', reads: ['method'], value: (on) => asked(on).method },
  HP: {
    doc: 'target without the query',
    reads: target,
    value: (on) => requestText(asked(on).target.replace(/\?.*$/s, '')),
  },
  HPO: { doc: 'path', reads: target, value: (on) => targetPart(on, pathOf) },
  HQ: {
    doc: 'query with its ?',
    reads: target,
    value: (on) =>
      targetPart(on, (whole) => {
        const query = queryOf(whole);
        return query === undefined ? '' : `?${query}`;
      }),
  },
  HU: { doc: 'target', reads: target, value: (on) => requestText(asked(on).target) },
  HV: {
    doc: 'HTTP/1.1',
    reads: ['version'],
    value: (on) => (on.record?.requestLine === badRequest ? badRequest : `HTTP/${on.request.version}`),
  },
  r: {
    doc: 'request line',
    reads: line,
    value: (on) =>
      requestText(on.record?.requestLine ?? `${asked(on).method} ${asked(on).target} HTTP/${on.request.version}`),
  },
  hr: capturedHeaders('request', bracedCaptures, 'captured request headers'),
  hrl: capturedHeaders('request', listedCaptures, 'captured request headers, as a list'),
  hs: capturedHeaders('response', bracedCaptures, 'captured response headers'),
  hsl: capturedHeaders('response', listedCaptures, 'captured response headers, as a list'),
  CC: capturedCookie('requestCookie', 'captured request cookie'),
  CS: capturedCookie('responseCookie', 'captured response cookie'),
  ID: { doc: 'unique id', reads: ['state'], value: (on) => on.uniqueId },
  pid: { doc: 'number of the process', reads: [], value: number((on) => on.world.pid) },
  rt: { doc: 'number of the request in the process', reads: ['state'], value: number((on) => on.number ?? 0) },
  B: recorded('bytes to the client', (r) => soFar(r, r.bytesToClient)),
  U: recorded('bytes from the client', (r) => (r.early === true ? 0 : bytesOfRequest(r))),
  ST: {
    doc: 'status',
    reads: ['state'],
    // A rule on a response sees its status before it is sent.
    value: ({ record, response }) =>
      record === undefined || record.status >= 0 ? record?.status : (response?.status ?? -1),
  },
  bi: serverEnd('our address on the connection to the server', ({ local }) => local.address),
  bp: serverEnd('our port on the connection to the server', ({ local }) => local.port),
  si: serverEnd('address of the server', ({ peer }) => peer.address),
  sp: serverEnd('port of the server', ({ peer }) => peer.port),
  b: recorded('backend', (r) => r.backendName),
  s: recorded('server', (r) => r.serverName),
  t: dated('time of the request, local', (r) => localDate(r.acceptedAt)),
  tr: dated('time of the request, local', (r) => localDate(r.acceptedAt)),
  trg: dated('time of the request, GMT', (r) => greenwichDate(r.acceptedAt)),
  trl: dated('time of the request with the time zone, local', (r) => zonedDate(r.acceptedAt)),
  Tl: dated('time of the request with the time zone, local', (r) => zonedDate(r.acceptedAt)),
  ms: dated('milliseconds of the time of the request', (r) => milliseconds(r.acceptedAt)),
  Ta: recorded('active time: request to end', (r) => soFar(r, r.activeTime)),
  Tt: recorded('total time: as Ta, without the time before the request', (r) => soFar(r, r.activeTime)),
  Tu: recorded('total time as the client sees it: as Ta', (r) => soFar(r, r.activeTime)),
  Th: recorded('time of the handshake with the client: 0, TLS ends in the terminator', () => 0),
  Ti: recorded('time without a request before this one: 0, it is not measured', () => 0),
  Tc: recorded('time to connect to the server', (r) => r.connectTime),
  TR: recorded('time for the client to send the request', (r) => r.requestTime),
  Tr: recorded('time for the server to answer', (r) => r.responseTime),
  Tw: recorded('time in queues', (r) => r.queueTime),
  Td: recorded('time to transfer the response', (r) => {
    const before = sum(r.requestTime, r.queueTime, r.connectTime, r.responseTime);
    return before < 0 || r.activeTime < 0 ? -1 : Math.max(0, r.activeTime - before);
  }),
  Tq: recorded('time for the client to send the request, waiting included', (r) => r.requestTime),
  ts: recorded('termination state', (r) => r.termination.slice(0, 2)),
  tsc: recorded('termination state with its cookie letters', (r) => r.termination),
  ac: recorded('connections of the process', (r) => r.actconn),
  fc: recorded('connections of the frontend', (r) => r.feconn),
  bc: recorded('connections of the backend', (r) => r.beconn),
  sc: recorded('connections of the server', (r) => r.srvconn),
  rc: recorded('retries, + for a redispatch', (r) => (r.redispatched ? `+${r.retries}` : r.retries)),
  sq: recorded('place in the queue of the server', (r) => r.serverQueue),
  bq: recorded('place in the queue of the backend', (r) => r.backendQueue),
};

/** HAProxy's other aliases. */
export const unsupportedAliases: Readonly<Record<string, string>> = {
  lc: 'use the metrics of the process',
};
