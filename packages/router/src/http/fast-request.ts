import { type ConnectionOptions, type Fields, closeOnly, keepAliveOnly, noOptions } from './fields.ts';
import { classOf, COLON, HOST as HOST_BYTE, SLASH, TARGET } from './bytes.ts';
import * as field from './field-ids.ts';
import { HeadBytes, SLOW } from './head-bytes.ts';
import { bindsItsConnection } from './login.ts';
import type { HeadLimits, RequestHead } from './request-head.ts';

/** Methods on the fast path. CONNECT, TRACE and OPTIONS have special rules and are left to the strict parser. */
const methods: readonly (readonly [text: string, bytes: Buffer])[] = [
  'GET',
  'POST',
  'HEAD',
  'PUT',
  'DELETE',
  'PATCH',
].map((method) => [method, Buffer.from(`${method} `)] as const);
const version = Buffer.from(' HTTP/1.1\r\n');
/** The most digits of a length that every parser reads as the same number. */
const MAX_LENGTH_DIGITS = 15;
const MAX_PORT_DIGITS = 5;
const ZERO = 48;
const NINE = 57;

/**
 * A request head read in one pass over its bytes. **It accepts less than `parseRequestHead`, never more, and never reads
 * anything differently**: HTTP/1.0, targets not in origin form, codings, expectations, upgrades, connection-bound logins, IPv6 hosts, and everything
 * invalid or incomplete is SLOW, and the strict parser decides. `fast-request.test.ts` keeps the two in agreement.
 *
 * One object serves all requests of a connection: its contents are valid until the next `read`.
 */
export class FastRequest implements RequestHead {
  readonly lines = new HeadBytes();
  readonly version = '1.1';
  readonly upgrade = undefined;
  readonly mayTunnel = false;
  readonly logsIn = false;
  method = 'GET';
  framing: 'none' | 'length' = 'none';
  contentLength = 0;
  keepAlive = true;
  options: ConnectionOptions = noOptions;
  #targetFrom = 0;
  #targetTo = 0;
  #host = false;
  #length = false;
  #connection = false;
  #target: string | undefined = undefined;

  /** Reads the head that `source` holds at `from`; returns where it ends in `source`, or SLOW. */
  read(source: Buffer, from: number, to: number, limits: HeadLimits): number {
    const { lines } = this;
    const length = Math.min(to - from, limits.maxHeadBytes);
    lines.copy(source, from, from + length);
    this.#forget();
    const section = this.#readRequestLine();
    if (section === SLOW || lines.readLines(section, limits.maxHeaders) === SLOW) return SLOW;
    for (let line = 0; line < lines.count; line += 1) {
      const id = lines.id(line);
      if (id !== field.OTHER && !this.#accept(id, line)) return SLOW;
    }
    return this.#host ? from + lines.length : SLOW;
  }

  get target(): string {
    return (this.#target ??= this.lines.bytes.toString('latin1', this.#targetFrom, this.#targetTo));
  }

  get text(): string {
    return this.lines.text;
  }

  get fields(): Fields {
    return this.lines.fields;
  }

  #forget(): void {
    this.framing = 'none';
    this.contentLength = 0;
    this.keepAlive = true;
    this.options = noOptions;
    this.#host = false;
    this.#length = false;
    this.#connection = false;
    this.#target = undefined;
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
        if (this.#length) return false;
        this.#length = true;
        return this.#readLength(line);
      case field.CONNECTION:
        if (this.#connection) return false;
        this.#connection = true;
        return this.#readConnection(line);
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

  #readLength(line: number): boolean {
    this.contentLength = this.lines.number(line, MAX_LENGTH_DIGITS);
    this.framing = this.contentLength === 0 ? 'none' : 'length';
    return this.contentLength >= 0;
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
}

function startsWith(bytes: Buffer, at: number, start: Buffer): boolean {
  for (let index = 0; index < start.length; index += 1) if (bytes[at + index] !== start[index]) return false;
  return true;
}

function digits(bytes: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) if (bytes[at]! < ZERO || bytes[at]! > NINE) return false;
  return true;
}
