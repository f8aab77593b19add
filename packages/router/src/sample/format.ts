/**
 * Format strings (HAProxy's log-format, configuration manual §8.2.4): text, `%[expression]`, aliases such as `%ci`, flags such as
 * `%{+Q}r`. The file is long because the table of aliases is one list.
 */
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Evaluation } from '../model/evaluation.ts';
import type { AccessRecord } from '../model/record.ts';
import type { Read } from '../model/values.ts';
import { addressBytes } from './address.ts';
import { greenwichDate, localDate, milliseconds } from './date.ts';
import { compileCalls, textValue, within } from './expression.ts';
import type { ExpressionContext } from './expression.ts';
import { parseExpression } from './parse.ts';
import { checkPhase } from './phase.ts';
import { pathOf, queryOf } from './target.ts';
import { shown } from './shown.ts';
import type { Flags, FormatOptions } from './shown.ts';
import { bytesOf } from './value.ts';
import { requestText } from './words.ts';

/** A compiled format string: what it depends on, and the text it renders. */
export interface Format {
  readonly text: string;
  readonly reads: readonly Read[];
  /** The text when it does not depend on a request: most headers are constant. */
  readonly constant: string | undefined;
  readonly render: (on: Evaluation) => string;
}

interface Alias {
  readonly doc: string;
  readonly reads: readonly Read[];
  /** Undefined: no value. A number that is -1 is printed as it is. */
  readonly value: (on: Evaluation, flags: Flags) => string | number | undefined;
}

const connection: readonly Read[] = ['connection'];
const target: readonly Read[] = ['target'];
const line: readonly Read[] = ['method', 'target', 'version'];

/** An alias read from the record of the finished exchange. */
function recorded(doc: string, value: (record: AccessRecord) => string | number | undefined): Alias {
  return { doc, reads: ['record'], value: ({ record }) => (record === undefined ? undefined : value(record)) };
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

/** The request line as it came: aliases tell what was asked, whatever rules made of it; BAD where none could be read, as in HAProxy. */
function asked({ request, record }: Evaluation): { readonly method: string; readonly target: string } {
  if (record?.requestLine === BAD) return { method: BAD, target: BAD };
  return request.received ?? request;
}

const BAD = '<BADREQ>';

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
  ft: { doc: 'frontend, with ~ for TLS', reads: ['entrance'], value: (on) => on.entrance?.frontend },
  H: { doc: 'name of the machine', reads: [], value: (on) => on.world.hostname },
  T: { doc: 'time, GMT', reads: ['clock'], value: (on) => greenwichDate(on.world.now() / 1000) },
  Ts: { doc: 'time in seconds since 1970', reads: ['clock'], value: (on) => Math.floor(on.world.now() / 1e6) },
  HM: { doc: 'method', reads: ['method'], value: (on) => asked(on).method },
  HP: { doc: 'target without the query', reads: target, value: (on) => asked(on).target.replace(/\?.*$/s, '') },
  HPO: { doc: 'path', reads: target, value: (on) => (asked(on).target === BAD ? BAD : pathOf(asked(on).target)) },
  HQ: {
    doc: 'query with its ?',
    reads: target,
    value: (on) => {
      const { target: whole } = asked(on);
      const query = queryOf(whole);
      return query === undefined ? (whole === BAD ? BAD : '') : `?${query}`;
    },
  },
  HU: { doc: 'target', reads: target, value: (on) => asked(on).target },
  HV: {
    doc: 'HTTP/1.1',
    reads: ['version'],
    value: (on) => (on.record?.requestLine === BAD ? BAD : `HTTP/${on.request.version}`),
  },
  r: {
    doc: 'request line',
    reads: line,
    value: (on) =>
      requestText(on.record?.requestLine ?? `${asked(on).method} ${asked(on).target} HTTP/${on.request.version}`),
  },
  hr: { doc: 'captured request headers', reads: [], value: () => undefined },
  hrl: { doc: 'captured request headers, as a list', reads: [], value: () => undefined },
  hs: { doc: 'captured response headers', reads: [], value: () => undefined },
  hsl: { doc: 'captured response headers, as a list', reads: [], value: () => undefined },
  CC: { doc: 'captured request cookie', reads: [], value: () => undefined },
  CS: { doc: 'captured response cookie', reads: [], value: () => undefined },
  ID: { doc: 'unique id', reads: [], value: () => undefined },
  B: recorded('bytes to the client', (r) => r.bytesToClient),
  U: recorded('bytes from the client', (r) => r.bytesFromClient),
  ST: recorded('status', (r) => r.status),
  b: recorded('backend', (r) => r.backendName),
  s: recorded('server', (r) => r.serverName),
  t: recorded('time of the request, local', (r) => localDate(r.acceptedAt)),
  tr: recorded('time of the request, local', (r) => localDate(r.acceptedAt)),
  trg: recorded('time of the request, GMT', (r) => greenwichDate(r.acceptedAt)),
  ms: recorded('milliseconds of the time of the request', (r) => milliseconds(r.acceptedAt)),
  Ta: recorded('active time: request to end', (r) => r.activeTime),
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
const UNSUPPORTED: Readonly<Record<string, string>> = {
  bi: "the source address of server connections is this machine's",
  bp: 'the source port of server connections is not recorded',
  si: 'use %s, the name of the server',
  sp: 'use %s, the name of the server',
  Th: 'it is 0: TLS handshakes are done by the terminator',
  Ti: 'use %TR',
  Tt: 'use %Ta',
  Tu: 'use %Ta',
  Tl: 'use %tr',
  trl: 'use %tr',
  lc: 'use the metrics of the process',
  pid: 'the syslog header contains it',
  rt: 'use %[uuid]',
};

type Part = string | ((on: Evaluation) => string);

/** Compiles a format string; undefined after a problem, which is reported at its place in the word. */
export function compileFormat(
  word: Word,
  context: ExpressionContext,
  options: FormatOptions = { dash: false, http: true },
): Format | undefined {
  const { problems } = context;
  const { text } = word;
  const parts: Part[] = [];
  const reads = new Set<Read>();
  let defaults: Flags = { quote: false, hex: false, escape: false };
  let sound = true;
  let behindBlank = true;
  const complain = (offset: number, message: string, suggestion?: string): void => {
    sound = false;
    problems.error(within(word, offset), message, suggestion);
  };
  for (let at = 0; at < text.length;) {
    const percent = text.indexOf('%', at);
    if (percent < 0 || percent > at) {
      // As in HAProxy blanks side by side are one in logs, and none is in front.
      const part = bytesOf(text.slice(at, percent < 0 ? undefined : percent));
      const merged = options.dash ? part.replace(/[ \t]+/g, ' ') : part;
      parts.push(options.dash && behindBlank && merged.startsWith(' ') ? merged.slice(1) : merged);
      behindBlank = merged.endsWith(' ');
      if (percent < 0) break;
    }
    at = percent + 1;
    if (text[at] === '%') {
      parts.push('%');
      behindBlank = false;
      at += 1;
      continue;
    }
    let flags = defaults;
    const flagged = /^\{([^}]*)\}/.exec(text.slice(at));
    if (flagged !== null) {
      const read = readFlags(flagged[1] ?? '', defaults);
      if (read === undefined) complain(at, `'${flagged[0]}' has flags other than +Q, -Q, +X, -X, +E and -E`);
      else flags = read;
      at += flagged[0].length;
    }
    if (text[at] === '[') {
      behindBlank = false;
      const parsed = parseExpression(text, at + 1);
      if ('problem' in parsed) {
        complain(parsed.offset, parsed.problem);
        break;
      }
      if (text[parsed.end] !== ']') {
        complain(parsed.end, "missing ']' after the sample expression");
        break;
      }
      const expression = compileCalls(
        text.slice(at + 1, parsed.end),
        parsed.calls,
        (offset) => within(word, offset),
        context,
      );
      if (expression === undefined) sound = false;
      else {
        for (const read of expression.reads) reads.add(read);
        const value = textValue(expression);
        // As in HAProxy, +Q quotes expressions in logs only; aliases everywhere.
        const applied = options.http ? { ...flags, quote: false } : flags;
        parts.push((on) => shown(value(on), applied, options));
      }
      at = parsed.end + 1;
      continue;
    }
    const name = /^[A-Za-z]+/.exec(text.slice(at))?.[0] ?? '';
    if (name === 'o') {
      // `%{+Q}o`: flags for all that follows.
      defaults = flags;
      at += 1;
      continue;
    }
    const alias = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
    if (alias === undefined) {
      const hint = Object.hasOwn(UNSUPPORTED, name) ? UNSUPPORTED[name] : undefined;
      if (hint !== undefined) complain(percent, `not supported: format alias '%${name}'; ${hint}`);
      else complain(percent, `unknown format alias '%${name}'; write %% for a percent sign`, near(name));
      at += Math.max(1, name.length);
      continue;
    }
    // Without captures these are nothing at all, not even a dash.
    if (/^h[rs]l?$/.test(name)) {
      at += name.length;
      continue;
    }
    behindBlank = false;
    const about = { text: `%${name}`, reads: alias.reads };
    if (context.phase !== undefined && !checkPhase(about, context.phase, within(word, percent), problems))
      sound = false;
    for (const read of alias.reads) reads.add(read);
    parts.push((on) => {
      const value = alias.value(on, flags);
      if (value === '' && !flags.quote) return '';
      return typeof value === 'number' ? String(value) : shown(value, flags, options);
    });
    at += name.length;
  }
  if (!sound) return undefined;
  const merged = merge(parts);
  const [only = ''] = merged;
  const constant = merged.length <= 1 && typeof only === 'string' ? only : undefined;
  return { text, reads: [...reads], constant, render: renderer(merged) };
}

function near(name: string): string | undefined {
  const found = nearest(name, Object.keys(aliases));
  return found === undefined ? undefined : `%${found}`;
}

function readFlags(text: string, defaults: Flags): Flags | undefined {
  let flags = defaults;
  for (const part of text.split(',')) {
    const on = part.startsWith('+');
    if (!/^[+-][QXE]$/.test(part)) return undefined;
    if (part.endsWith('Q')) flags = { ...flags, quote: on };
    else if (part.endsWith('X')) flags = { ...flags, hex: on };
    else flags = { ...flags, escape: on };
  }
  return flags;
}

/** Merges adjacent texts. */
function merge(parts: readonly Part[]): readonly Part[] {
  const merged: Part[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (typeof part === 'string' && typeof last === 'string') merged[merged.length - 1] = last + part;
    else merged.push(part);
  }
  return merged;
}

function renderer(parts: readonly Part[]): Format['render'] {
  const [only] = parts;
  if (only === undefined) return () => '';
  if (parts.length === 1) return typeof only === 'string' ? () => only : only;
  return (on) => {
    let text = '';
    for (const part of parts) text += typeof part === 'string' ? part : part(on);
    return text;
  };
}
