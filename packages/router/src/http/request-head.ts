import {
  connectionOptions,
  hasStrayBytes,
  holdsTab,
  lengthOf,
  readFields,
  strayByteAt,
  valueAt,
  type ConnectionOptions,
  type Fields,
} from './fields.ts';
import { withOneAuthority } from './authority.ts';
import { StrictHead, type HeadBytes } from './head-bytes.ts';
import { logsIn } from './login.ts';
import { protocolsIn } from './switching.ts';
import { wrongHead, type WrongHead } from './wrong-head.ts';

/** An accepted request head. Text and offsets are kept, so that most of it is forwarded without being rebuilt. */
export interface RequestHead {
  readonly text: string;
  /** The same as bytes, with its lines. */
  readonly lines: HeadBytes;
  readonly method: string;
  readonly target: string;
  readonly version: '1.0' | '1.1';
  readonly fields: Fields;
  readonly options: ConnectionOptions;
  readonly framing: 'none' | 'length' | 'chunked';
  readonly contentLength: number;
  /** The client wants to keep the connection after this exchange. */
  readonly keepAlive: boolean;
  /** The protocols of an upgrade that will be forwarded, as the client wrote them. */
  readonly upgrade: string | undefined;
  /** The response may open a tunnel: to such an upgrade, or to CONNECT. */
  readonly mayTunnel: boolean;
  /** It authenticates its connection (NTLM, Negotiate), and with it every later request on that connection. */
  readonly logsIn: boolean;
}

/** A refused head, and the status of the answer. */
export interface Refusal extends WrongHead {
  readonly status: number;
}

export interface HeadLimits {
  readonly maxHeadBytes: number;
  readonly maxHeaders: number;
}

function refuse(status: number, reason: string, at: number): Refusal {
  return { ...wrongHead(reason, at), status };
}

/** Upper case only: parsers disagree on whether `head` is HEAD, and so on whether a body follows the response. */
const method = /^[A-Z0-9!#$%&'*+\-.^_`|~]{1,40}$/;
const notMethod = /[^A-Z0-9!#$%&'*+\-.^_`|~]/;
const originForm = /^\/[\x21\x22\x24-\x7e]*$/;
const notTarget = /[^\x21\x22\x24-\x7e]/;
const absoluteForm = /^(https?):\/\/([^/?#]+)(\/[\x21\x22\x24-\x7e]*)?$/i;
const hostValue = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~!$&'()*+;=%]*)(?::[0-9]{0,5})?$/;
const authority = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~!$&'()*+;=%]+):([0-9]{1,5})$/;

/** A method that is accepted from clients. */
export function isMethod(text: string): boolean {
  return method.test(text);
}

/** A target that begins with a path (origin form, RFC 9112 §3.2.1). */
export function isOriginForm(text: string): boolean {
  return originForm.test(text);
}

/** A valid Host value. */
export function isHostValue(text: string): boolean {
  return hostValue.test(text);
}

/** Transfer codings before the final `chunked`: valid, but not implemented. */
const otherCodings = /^(?:(?!chunked[ \t,])[!#$%&'*+\-.^_`|~0-9a-z]+[ \t]*,[ \t]*)+chunked$/;
const MAX_PORT = 65_535;

/**
 * Reads one request head: `text` is latin1, from the request line to the empty line, inclusive.
 * Strict (RFC 9112 §2–6): anything that two parsers could read differently is refused. Pure.
 *
 * `previous` is the head before it on the same connection: a header section that is byte for byte the
 * same is not parsed again.
 */
export function parseRequestHead(text: string, limits: HeadLimits, previous?: RequestHead): RequestHead | Refusal {
  const lineEnd = text.indexOf('\r\n');
  const repeated = previous !== undefined && sameSection(text, lineEnd, previous);
  if (hasStrayBytes(repeated ? text.slice(0, lineEnd) : text))
    return refuse(400, 'control byte or bare line end in the head', strayByteAt(text));
  const firstBlank = text.indexOf(' ');
  const lastBlank = text.lastIndexOf(' ', lineEnd);
  if (firstBlank <= 0 || firstBlank >= lineEnd || lastBlank === firstBlank)
    return refuse(400, 'malformed request line', firstBlank === 0 ? 0 : lineEnd);
  const verb = text.slice(0, firstBlank);
  const target = text.slice(firstBlank + 1, lastBlank);
  const protocol = text.slice(lastBlank + 1, lineEnd);
  if (verb !== 'GET' && !method.test(verb)) return refuse(400, 'malformed method', Math.max(0, verb.search(notMethod)));
  if (protocol !== 'HTTP/1.1' && protocol !== 'HTTP/1.0') {
    return /^HTTP\/[0-9]\.[0-9]$/.test(protocol)
      ? refuse(505, `version ${protocol}`, lastBlank + 1)
      : refuse(400, 'malformed version', lastBlank + 1);
  }
  const version = protocol === 'HTTP/1.1' ? '1.1' : '1.0';

  const section = lineEnd + 2;
  const fields = repeated ? previous.fields : readFields(text, section, limits.maxHeaders);
  if ('wrong' in fields)
    return fields.wrong === 'too-many'
      ? refuse(431, 'too many header lines', fields.at)
      : refuse(400, 'malformed header line', fields.at);
  const options = repeated ? previous.options : connectionOptions(fields);
  if (options === undefined) return inField(fields, section, 'connection', 'malformed Connection');

  const problem = checkTargetAndHost(verb, target, version, fields, section);
  if (problem !== undefined) return problem;
  const settled = withOneAuthority(text, verb, target, fields);
  if (settled !== undefined) return parseRequestHead(settled, limits);

  const framed = readFraming(verb, version, fields, section);
  if ('refused' in framed) return framed;
  if ((verb === 'CONNECT' || verb === 'TRACE') && framed.framing !== 'none')
    return refuse(400, `${verb} with a body`, section);
  const upgrade = upgradeOf(version, fields, options, framed.framing);
  if (upgrade === 'bad-websocket')
    return inField(fields, section, 'sec-websocket-key', 'WebSocket handshake without a valid key');
  const keepAlive = version === '1.1' ? !options.close : options.keepAlive && !options.close;
  const { framing, contentLength } = framed;
  const mayTunnel = upgrade !== undefined || verb === 'CONNECT';
  return Object.assign(new StrictHead(text), {
    method: verb,
    target,
    version,
    fields,
    options,
    framing,
    contentLength,
    keepAlive,
    upgrade,
    mayTunnel,
    logsIn: repeated ? previous.logsIn : logsIn(fields),
  } as const);
}

/** The header sections are identical, byte for byte. */
function sameSection(text: string, lineEnd: number, { fields: { section } }: RequestHead): boolean {
  return lineEnd + section.length + 4 === text.length && text.startsWith(section, lineEnd + 2);
}

/** Refused for the value of its first line of this name, or of a later one; for the end of the section when it has none. */
function inField(fields: Fields, section: number, name: string, reason: string, from = 0): Refusal {
  const line = fields.names.indexOf(name, from);
  return refuse(400, reason, line === -1 ? section + fields.section.length : valueAt(fields, line, section));
}

/** RFC 9112 §3.2, §3.3: the four forms, one valid Host, and agreement of the two. */
function checkTargetAndHost(
  verb: string,
  target: string,
  version: string,
  fields: Fields,
  section: number,
): Refusal | undefined {
  const inHost = (reason: string, from = 0): Refusal => inField(fields, section, 'host', reason, from);
  const inTarget = (reason: string): Refusal =>
    refuse(400, reason, verb.length + 1 + Math.max(0, target.search(notTarget)));
  const at = fields.names.indexOf('host');
  if (at === -1) {
    if (version === '1.1') return inHost('no Host');
  } else if (fields.names.indexOf('host', at + 1) !== -1) return inHost('two Host lines', at + 1);
  const host = at === -1 ? undefined : (fields.values[at] ?? '');
  if (host !== undefined && !hostValue.test(host)) return inHost('malformed Host');
  if (verb === 'CONNECT') {
    const port = Number(authority.exec(target)?.[1] ?? 0);
    if (port === 0 || port > MAX_PORT) return inTarget('CONNECT without host:port');
    return host !== undefined && !sameAuthority(target, host, '443') && !sameAuthority(target, host, '80')
      ? inHost('Host differs from the target')
      : undefined;
  }
  if (originForm.test(target)) return undefined;
  if (target === '*') return verb === 'OPTIONS' ? undefined : inTarget('target * without OPTIONS');
  const absolute = absoluteForm.exec(target);
  if (absolute === null) return inTarget('malformed target');
  const named = absolute[2] ?? '';
  if (named.startsWith(':') || named.includes('@') || !hostValue.test(named))
    return inTarget('malformed authority in the target');
  const port = absolute[1]?.toLowerCase() === 'https' ? '443' : '80';
  return host !== undefined && !sameAuthority(named, host, port) ? inHost('Host differs from the target') : undefined;
}

function sameAuthority(one: string, other: string, defaultPort: string): boolean {
  return canonical(one, defaultPort) === canonical(other, defaultPort);
}

function canonical(value: string, defaultPort: string): string {
  const suffix = `:${defaultPort}`;
  const lower = value.toLowerCase();
  return lower.endsWith(suffix) ? lower.slice(0, -suffix.length) : lower;
}

/** RFC 9112 §6.3 for requests, without its leniency: one length or one `chunked`, never both, never twice. */
function readFraming(
  verb: string,
  version: string,
  fields: Fields,
  section: number,
): Pick<RequestHead, 'framing' | 'contentLength'> | Refusal {
  const coding = fields.names.indexOf('transfer-encoding');
  const length = fields.names.indexOf('content-length');
  if (coding === -1 && length === -1) return { framing: 'none', contentLength: 0 };
  if (coding !== -1) {
    const inCoding = (reason: string, from = coding): Refusal =>
      inField(fields, section, 'transfer-encoding', reason, from);
    if (length !== -1) return inCoding('Content-Length and Transfer-Encoding');
    if (fields.names.indexOf('transfer-encoding', coding + 1) !== -1)
      return inCoding('two Transfer-Encoding lines', coding + 1);
    if (version === '1.0') return inCoding('Transfer-Encoding in HTTP/1.0');
    const value = (fields.values[coding] ?? '').toLowerCase();
    if (value !== 'chunked' || holdsTab(fields, coding))
      return { ...inCoding('unsupported transfer coding'), status: otherCodings.test(value) ? 501 : 400 };
    return { framing: 'chunked', contentLength: 0 };
  }
  const inLength = (reason: string, from = length): Refusal => inField(fields, section, 'content-length', reason, from);
  if (fields.names.indexOf('content-length', length + 1) !== -1)
    return inLength('two Content-Length lines', length + 1);
  const contentLength = lengthOf(fields.values[length] ?? '');
  if (contentLength === undefined) return inLength('malformed Content-Length');
  if (contentLength > 0 && version === '1.0' && (verb === 'GET' || verb === 'HEAD' || verb === 'DELETE')) {
    return { ...inLength(`HTTP/1.0 ${verb} with a body`), status: 413 };
  }
  return { framing: contentLength === 0 ? 'none' : 'length', contentLength };
}

/** Protocols that carry requests, including TLS for HTTP (RFC 2817): a tunnel of them would bypass the rules. */
const carriesRequests: ReadonlySet<string> = new Set(['h2c', 'http', 'tls']);

/**
 * The protocol of an upgrade to forward. An upgrade needs the Connection option, has no body (RFC 9110 §7.8), and is
 * never to a protocol that carries requests. Otherwise the request is an ordinary one.
 */
function upgradeOf(version: string, fields: Fields, options: ConnectionOptions, framing: string): string | undefined {
  if (options.upgrade === '' || version !== '1.1' || framing !== 'none') return undefined;
  const at = fields.names.indexOf('upgrade');
  if (at === -1 || fields.names.indexOf('upgrade', at + 1) !== -1) return undefined;
  const value = fields.values[at] ?? '';
  const protocols = protocolsIn(value);
  if (protocols === undefined || protocols.some((name) => carriesRequests.has(name))) return undefined;
  if (protocols.includes('websocket')) {
    const key = fields.names.indexOf('sec-websocket-key');
    if (key === -1 || fields.values[key]?.length !== 24) return 'bad-websocket';
  }
  return value;
}

/** The client may wait for a 100 before sending the body (RFC 9110 §10.1.1). */
export function awaitsContinue({ version, fields: { names, values } }: RequestHead): boolean {
  return (
    version === '1.1' &&
    values.some((value, at) => names[at] === 'expect' && /(?:^|,)[ \t]*100-continue[ \t]*(?:,|$)/i.test(value))
  );
}
