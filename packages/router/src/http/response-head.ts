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
import { StrictHead, type HeadBytes } from './head-bytes.ts';
import { asksForLogin } from './login.ts';
import type { HeadLimits } from './request-head.ts';
import { wrongHead, type WrongHead } from './wrong-head.ts';

/** An accepted response head. */
export interface ResponseHead {
  readonly text: string;
  /** The same as bytes, with its lines. */
  readonly lines: HeadBytes;
  readonly status: number;
  /** The method of its request: it decides whether a body follows. */
  readonly method: string;
  readonly version: '1.0' | '1.1';
  readonly fields: Fields;
  readonly options: ConnectionOptions;
  readonly framing: 'none' | 'length' | 'chunked' | 'close';
  readonly contentLength: number;
  /** The server keeps the connection after this response. */
  readonly keepAlive: boolean;
  /** The server's `Keep-Alive: timeout=` in milliseconds, 0 when absent. */
  readonly idleTimeout: number;
  /** It asks for, or confirms, a login that is bound to its connection (NTLM, Negotiate). */
  readonly asksForLogin: boolean;
}

const statusLine = /^HTTP\/1\.([01]) ([1-9][0-9][0-9])(?: [\t\x20-\x7e\x80-\xff]*)?$/;

/**
 * Reads one response head (RFC 9112 §4–6); `text` ends with the empty line. When it is refused, the client gets a
 * 502. Pure.
 */
export function parseResponseHead(text: string, requestMethod: string, limits: HeadLimits): ResponseHead | WrongHead {
  if (hasStrayBytes(text)) return wrongHead('control byte or bare line end in the head', strayByteAt(text));
  const lineEnd = text.indexOf('\r\n');
  const line = statusLine.exec(text.slice(0, lineEnd));
  if (line === null) return wrongHead('malformed status line', wrongInStatusLine(text));
  const version = line[1] === '1' ? '1.1' : '1.0';
  const status = Number(line[2]);
  const section = lineEnd + 2;
  const fields = readFields(text, section, limits.maxHeaders);
  if ('wrong' in fields)
    return wrongHead(fields.wrong === 'too-many' ? 'too many header lines' : 'malformed header line', fields.at);
  const options = connectionOptions(fields);
  if (options === undefined)
    return wrongHead('malformed Connection', valueAt(fields, fields.names.indexOf('connection'), section));
  const framed = readFraming(status, version, requestMethod, fields, section);
  if ('refused' in framed) return framed;
  const { framing, contentLength } = framed;
  // A 204 that announces a body (RFC 9110 §8.6, RFC 9112 §6.1) may be followed by one, which would be read as the next response.
  const trusted =
    framing !== 'close' && (status !== 204 || (contentLength === 0 && !fields.names.includes('transfer-encoding')));
  const keepAlive = trusted && !options.close && (version === '1.1' || options.keepAlive);
  return Object.assign(new StrictHead(text), {
    status,
    method: requestMethod,
    version,
    fields,
    options,
    framing,
    contentLength,
    keepAlive,
    idleTimeout: idleTimeout(fields),
    asksForLogin: asksForLogin(fields),
  } as const);
}

const VERSION = 'HTTP/1.';
const statusLineStart = /(?:HTTP\/1\.[01](?: (?:[1-9][0-9]{0,2})?)?)?/y;

/** The first character that no status line has there. */
function wrongInStatusLine(text: string): number {
  statusLineStart.lastIndex = 0;
  return statusLineStart.exec(text)?.[0].length ?? 0;
}

/** Whether what came of a head may become one: a server that speaks another protocol is known by its first bytes. */
export function beginsLikeAnswer(text: string): boolean {
  if (text.length <= VERSION.length) return VERSION.startsWith(text);
  return wrongInStatusLine(text) >= Math.min(text.length, VERSION.length + '1 200'.length);
}

/** RFC 9112 §6.3 for responses, as strict as for requests. */
function readFraming(
  status: number,
  version: string,
  method: string,
  fields: Fields,
  section: number,
): Pick<ResponseHead, 'framing' | 'contentLength'> | WrongHead {
  const wrong = (reason: string, field: number): WrongHead => wrongHead(reason, valueAt(fields, field, section));
  const coding = fields.names.indexOf('transfer-encoding');
  const length = fields.names.indexOf('content-length');
  if (coding !== -1) {
    if (length !== -1) return wrong('Content-Length and Transfer-Encoding', coding);
    const second = fields.names.indexOf('transfer-encoding', coding + 1);
    if (second !== -1) return wrong('two Transfer-Encoding lines', second);
    if (version === '1.0') return wrong('Transfer-Encoding in HTTP/1.0', coding);
    if ((fields.values[coding] ?? '').toLowerCase() !== 'chunked' || holdsTab(fields, coding))
      return wrong('unsupported transfer coding', coding);
  }
  let contentLength = 0;
  if (length !== -1) {
    const second = fields.names.indexOf('content-length', length + 1);
    if (second !== -1) return wrong('two Content-Length lines', second);
    const value = lengthOf(fields.values[length] ?? '');
    if (value === undefined) return wrong('malformed Content-Length', length);
    contentLength = value;
  }
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return { framing: 'none', contentLength };
  if (coding !== -1) return { framing: 'chunked', contentLength };
  if (length === -1) return { framing: 'close', contentLength };
  return { framing: contentLength === 0 ? 'none' : 'length', contentLength };
}

/** Node's own server announces when it will close an idle connection: `Keep-Alive: timeout=5`. */
function idleTimeout(fields: Fields): number {
  const at = fields.names.indexOf('keep-alive');
  if (at === -1) return 0;
  const seconds = /(?:^|[,\s])timeout=([0-9]{1,6})/.exec(fields.values[at] ?? '')?.[1];
  return seconds === undefined ? 0 : Number(seconds) * 1000;
}
