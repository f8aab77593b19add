import { classOf, COLON, HOST as HOST_BYTE, SLASH, TARGET } from './bytes.ts';
import { FastHead, isDigit, startsWith } from './fast-head.ts';
import * as field from './field-ids.ts';
import { SLOW } from './head-bytes.ts';
import { bindsItsConnection } from './login.ts';
import type { HeadLimits, RequestHead } from './request-head.ts';

/** Methods that the fast path knows. CONNECT, TRACE and OPTIONS have rules of their own and are left to the strict parser. */
const methods: readonly (readonly [text: string, bytes: Buffer])[] = [
  'GET',
  'POST',
  'HEAD',
  'PUT',
  'DELETE',
  'PATCH',
].map((method) => [method, Buffer.from(`${method} `)] as const);
const version = Buffer.from(' HTTP/1.1\r\n');
const MAX_PORT_DIGITS = 5;

/**
 * A request head read in one pass over its bytes (fast-head.ts). HTTP/1.0, targets that are not of origin form, codings, expectations,
 * upgrades, logins of connections, IPv6 hosts, and all that is wrong or incomplete is SLOW.
 *
 * One object serves all requests of a connection: its contents last until the next `read`.
 */
export class FastRequest extends FastHead implements RequestHead {
  readonly upgrade = undefined;
  readonly mayTunnel = false;
  readonly logsIn = false;
  #targetFrom = 0;
  #targetTo = 0;
  #host = false;
  #target: string | undefined = undefined;

  /** Reads the head that `source` holds at `from`; returns where it ends in `source`, or SLOW. */
  read(source: Buffer, from: number, to: number, limits: HeadLimits): number {
    const { lines } = this;
    lines.copy(source, from, from + Math.min(to - from, limits.maxHeadBytes));
    this.#host = false;
    this.#target = undefined;
    if (!this.readSection(this.#readRequestLine(), limits)) return SLOW;
    for (let line = 0; line < lines.count; line += 1) {
      const id = lines.id(line);
      if (id !== field.OTHER && !this.#accept(id, line)) return SLOW;
    }
    return this.#host ? from + lines.length : SLOW;
  }

  get framing(): 'none' | 'length' {
    return this.contentLength === 0 ? 'none' : 'length';
  }

  get target(): string {
    return (this.#target ??= this.lines.bytes.toString('latin1', this.#targetFrom, this.#targetTo));
  }

  /** `METHOD /target HTTP/1.1`; returns where the next line starts, or SLOW. */
  #readRequestLine(): number {
    const { bytes } = this.lines;
    for (const [method, start] of methods) {
      if (!startsWith(bytes, 0, start)) continue;
      this.method = method;
      let at = start.length;
      if (bytes[at] !== SLASH) return SLOW;
      this.#targetFrom = at;
      while ((classOf[bytes[at]!]! & TARGET) !== 0) at += 1;
      this.#targetTo = at;
      return startsWith(bytes, at, version) ? at + version.length : SLOW;
    }
    return SLOW;
  }

  /** Records a field that affects the message itself; false unless it is clearly valid. */
  #accept(id: number, line: number): boolean {
    switch (id) {
      case field.HOST:
        if (this.#host || !this.#isPlainHost(line)) return false;
        this.#host = true;
        return true;
      case field.CONTENT_LENGTH:
        return this.readLength(line);
      case field.CONNECTION:
        return this.readConnection(line);
      case field.AUTHORIZATION:
      case field.PROXY_AUTHORIZATION:
        return !bindsItsConnection(this.lines.value(line));
      case field.TRANSFER_ENCODING:
      case field.EXPECT:
      case field.UPGRADE:
      case field.TE:
        return false;
      default:
        return true;
    }
  }

  /** A name or an IPv4 address, with an optional port. */
  #isPlainHost(line: number): boolean {
    const { lines } = this;
    const { bytes } = lines;
    const from = lines.valueStart(line);
    const end = lines.valueEnd(line);
    let at = from;
    while (at < end && (classOf[bytes[at]!]! & HOST_BYTE) !== 0) at += 1;
    if (at === from) return false;
    if (at === end) return true;
    return bytes[at] === COLON && end - at - 1 <= MAX_PORT_DIGITS && digits(bytes, at + 1, end);
  }
}

function digits(bytes: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) if (!isDigit(bytes[at]!)) return false;
  return true;
}
