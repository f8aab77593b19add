import { type ConnectionOptions, type Fields, closeOnly, keepAliveOnly, noOptions } from './fields.ts';
import * as field from './field-ids.ts';
import { HeadBytes, SLOW } from './head-bytes.ts';
import { bindsItsConnection } from './login.ts';
import type { HeadLimits } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';
import { CR, classOf, LF, SP, VALUE } from './bytes.ts';

const start = Buffer.from('HTTP/1.1 ');
const ZERO = 48;
const NINE = 57;
const MAX_LENGTH_DIGITS = 15;
/** `HTTP/1.1 200 `: the reason follows. */
const REASON = 13;

/**
 * A response head read in one pass over its bytes, as `FastRequest` does for requests. Interim responses, 101, 204,
 * 304, responses to HEAD and CONNECT, and everything not framed by exactly one length or by chunks is SLOW.
 * One object serves all responses on a server connection.
 */
export class FastResponse implements ResponseHead {
  readonly lines = new HeadBytes();
  readonly version = '1.1';
  method = 'GET';
  status = 200;
  framing: 'none' | 'length' | 'chunked' = 'none';
  contentLength = 0;
  keepAlive = true;
  idleTimeout = 0;
  readonly asksForLogin = false;
  options: ConnectionOptions = noOptions;
  #length = false;
  #coding = false;
  #connection = false;

  /** Reads the head at the start of `source`, the response to `method`; returns where it ends, or SLOW. */
  read(source: Buffer, method: string, limits: HeadLimits): number {
    if (method === 'HEAD' || method === 'CONNECT') return SLOW;
    const { lines } = this;
    lines.copy(source, 0, Math.min(source.length, limits.maxHeadBytes));
    this.method = method;
    this.framing = 'none';
    this.contentLength = 0;
    this.keepAlive = true;
    this.idleTimeout = 0;
    this.options = noOptions;
    this.#length = false;
    this.#coding = false;
    this.#connection = false;
    const section = this.#readStatusLine();
    if (section === SLOW || lines.readLines(section, limits.maxHeaders) === SLOW) return SLOW;
    for (let line = 0; line < lines.count; line += 1) {
      const id = lines.id(line);
      if (id !== field.OTHER && !this.#accept(id, line)) return SLOW;
    }
    return this.#length === this.#coding ? SLOW : lines.length;
  }

  get text(): string {
    return this.lines.text;
  }

  get fields(): Fields {
    return this.lines.fields;
  }

  #readStatusLine(): number {
    const { bytes } = this.lines;
    for (let at = 0; at < start.length; at += 1) if (bytes[at] !== start[at]) return SLOW;
    let status = 0;
    for (let at = start.length; at < start.length + 3; at += 1) {
      const digit = bytes[at]!;
      if (digit < ZERO || digit > NINE) return SLOW;
      status = status * 10 + (digit - ZERO);
    }
    if (status < 200 || status === 204 || status === 304 || status === 426 || bytes[REASON - 1] !== SP) return SLOW;
    this.status = status;
    let at = REASON;
    while ((classOf[bytes[at]!]! & VALUE) !== 0) at += 1;
    return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : SLOW;
  }

  #accept(id: number, line: number): boolean {
    switch (id) {
      case field.CONTENT_LENGTH: {
        if (this.#length) return false;
        this.#length = true;
        const length = this.lines.number(line, MAX_LENGTH_DIGITS);
        this.contentLength = length;
        this.framing = length === 0 ? 'none' : 'length';
        return length >= 0;
      }
      case field.TRANSFER_ENCODING:
        if (this.#coding || this.lines.value(line) !== 'chunked' || this.lines.holdsTab(line)) return false;
        this.#coding = true;
        this.framing = 'chunked';
        return true;
      case field.CONNECTION:
        if (this.#connection) return false;
        this.#connection = true;
        return this.#readConnection(line);
      case field.KEEP_ALIVE:
        return this.#readKeepAlive(line);
      case field.WWW_AUTHENTICATE:
      case field.PROXY_AUTHENTICATE:
        return !bindsItsConnection(this.lines.value(line));
      case field.UPGRADE:
      case field.TE:
        return false;
      default:
        return true;
    }
  }

  #readConnection(line: number): boolean {
    switch (this.lines.value(line)) {
      case 'keep-alive':
      case 'Keep-Alive':
        this.options = keepAliveOnly;
        return true;
      case 'close':
        this.options = closeOnly;
        this.keepAlive = false;
        return true;
      default:
        return false;
    }
  }

  /** `timeout=5`, as Node's own servers write it. */
  #readKeepAlive(line: number): boolean {
    if (this.idleTimeout !== 0) return false;
    const seconds = /^timeout=([0-9]{1,6})$/.exec(this.lines.value(line))?.[1];
    this.idleTimeout = Number(seconds ?? 0) * 1000;
    return this.idleTimeout !== 0;
  }
}
