/**
 * Where a message ends. The bytes are not changed: these trackers only find the end, strictly, so that what
 * follows can never be read as part of the message or the other way round (RFC 9112 §6, §7).
 */

/** All bytes given belong to the message and more will come. */
export const MORE = -1;
/** The framing is broken: none of these bytes may be forwarded. */
export const INVALID = -2;

/** Finds the end of one message body. */
export interface BodyTracker {
  /** Reads `chunk` from `start`; returns the index after the message's last byte, MORE or INVALID. */
  feed(chunk: Buffer, start: number): number;
  /** The tracker saw the end. */
  readonly complete: boolean;
  /** The part of the bytes fed last, `chunk` from `start` to `end`, that may be forwarded. */
  passable(chunk: Buffer, start: number, end: number): Buffer;
}

function range(chunk: Buffer, start: number, end: number): Buffer {
  return start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end);
}

/** A body of known length. */
export class LengthBody implements BodyTracker {
  remaining: number;

  constructor(length: number) {
    this.remaining = length;
  }

  get complete(): boolean {
    return this.remaining === 0;
  }

  feed(chunk: Buffer, start: number): number {
    const available = chunk.length - start;
    if (available < this.remaining) {
      this.remaining -= available;
      return MORE;
    }
    const end = start + this.remaining;
    this.remaining = 0;
    return end;
  }

  passable = range;
}

/** A body that ends when its sender closes the connection (answers only). */
export class CloseBody implements BodyTracker {
  readonly complete = false;

  feed(): number {
    return MORE;
  }

  passable = range;
}

type State = 'size' | 'extension' | 'size-lf' | 'data' | 'data-cr' | 'data-lf' | 'trailer' | 'done';

/** Longest chunk-size line, extensions included. Longer ones serve only attacks. */
const MAX_SIZE_LINE = 256;
/** 13 hexadecimal digits stay below 2^53; more digits are refused, leading zeros included. */
const MAX_SIZE_DIGITS = 13;

const CR = 13;
const LF = 10;
const SEMICOLON = 59;

/** Chunk extensions (RFC 9112 §7.1.1), without the optional blanks, which senders must not generate. */
const extensions =
  /^(?:;[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:=(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[\t\x20\x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"))?)+$/;

/**
 * Trailer fields that would change framing, routing, caching or identity if a recipient merged them (RFC 9110 §6.5.1),
 * some with an underscore, and hop-by-hop fields. `X-Forwarded-` covers every field in which proxies name the client.
 */
const forbiddenTrailer = new RegExp(
  '^(?:transfer[-_]encoding|content[-_](?:length|encoding|type|range|location)|host|connection|keep-alive|proxy-.*|upgrade' +
    '|te|trailer|authorization|cookie|set-cookie2?|www-authenticate|expect|max-forwards|cache-control' +
    '|pragma|age|expires|date|vary|location|retry-after|warning|range|if-.*|x[-_]forwarded[-_].*|x[-_]real[-_]ip|forwarded)$',
);
/**
 * In a request these are an attack, not a typo: some parsers (Node's among them) merge them into the head, and
 * then see a different message, a different host, or one request more or less on the connection.
 */
const framingTrailer =
  /^(?:transfer[-_]encoding|content[-_]length|host|connection|proxy-connection|keep-alive|upgrade|te|trailer|expect)$/;
const trailerLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[\t\x20-\x7e\x80-\xff]*$/;

/** What a ChunkedBody must know about its message. */
export interface ChunkedMessage {
  /** The fields that Connection marks as hop-by-hop; removed from the trailers too (RFC 9110 §7.6.1). */
  readonly named?: readonly string[];
  /** The message is a request. */
  readonly request?: boolean;
}

/**
 * The chunked coding (RFC 9112 §7.1), with chunk extensions and trailers, parsed without any leniency. A
 * field that is not allowed in trailers is dropped (RFC 9110 §6.5.1 lets a recipient discard it); for that
 * the trailer section is held back until its end, unless it arrived in one piece and every field is allowed.
 */
export class ChunkedBody implements BodyTracker {
  /** Called with the range of each piece of content, for a recipient that does not understand chunks (HTTP/1.0). */
  onContent: ((chunk: Buffer, from: number, to: number) => void) | undefined = undefined;
  /** Chunks begun so far: the cost of a body to its reader, apart from its bytes. */
  chunks = 0;
  /** Where in the bytes fed last the framing is broken. */
  wrongAt = 0;
  readonly #maxTrailerBytes: number;
  readonly #named: readonly string[];
  readonly #request: boolean;
  #state: State = 'size';
  #size = 0;
  #digits = 0;
  #line = 0;
  #extension = '';
  #trailer = '';
  /** The trailer lines that are forwarded. */
  #kept = '';
  /** Where the trailer section starts in the bytes fed last, -1 when it is not in them. */
  #trailerAt = -1;
  /** The trailer section must be rewritten: a line was dropped, or part of it was held back. */
  #rewrite = false;

  constructor(maxTrailerBytes: number, { named = [], request = false }: ChunkedMessage = {}) {
    this.#maxTrailerBytes = maxTrailerBytes;
    this.#named = named;
    this.#request = request;
  }

  get complete(): boolean {
    return this.#state === 'done';
  }

  /** Bytes of the current chunk that have not come yet. */
  get left(): number {
    return this.#state === 'data' ? this.#size : 0;
  }

  feed(chunk: Buffer, start: number): number {
    let at = start;
    this.#trailerAt = -1;
    while (at < chunk.length) {
      if (this.#state === 'data') {
        const take = Math.min(this.#size, chunk.length - at);
        this.onContent?.(chunk, at, at + take);
        this.#size -= take;
        at += take;
        if (this.#size === 0) this.#state = 'data-cr';
        continue;
      }
      if (this.#state === 'trailer') {
        this.#trailerAt = at;
        const end = this.#feedTrailer(chunk, at);
        return end === INVALID ? this.#broken(at) : end;
      }
      if (this.#state === 'extension') {
        const end = this.#feedExtension(chunk, at);
        if (end === INVALID) return this.#broken(at);
        at = end;
        continue;
      }
      if (!this.#step(chunk[at] ?? 0)) return this.#broken(at);
      at += 1;
    }
    return MORE;
  }

  #broken(at: number): typeof INVALID {
    this.wrongAt = at;
    return INVALID;
  }

  passable(chunk: Buffer, start: number, end: number): Buffer {
    const at = this.#trailerAt;
    if (at === -1 || (this.complete && !this.#rewrite)) return range(chunk, start, end);
    const before = chunk.subarray(start, at);
    if (!this.complete) return before;
    return Buffer.concat([before, Buffer.from(`${this.#kept}\r\n`, 'latin1')]);
  }

  /** One byte of a chunk-size line or of the line end after a chunk. */
  #step(byte: number): boolean {
    switch (this.#state) {
      case 'size':
        return this.#sizeByte(byte);
      case 'size-lf':
        if (byte !== LF) return false;
        this.chunks += 1;
        this.#state = this.#size === 0 ? 'trailer' : 'data';
        return true;
      case 'data-cr':
        this.#state = 'data-lf';
        return byte === CR;
      case 'data-lf':
        this.#state = 'size';
        this.#digits = 0;
        this.#line = 0;
        return byte === LF;
      case 'extension':
      case 'data':
      case 'trailer':
      case 'done':
        return false;
    }
  }

  /** The bytes of an extension, in one step; returns where they end. */
  #feedExtension(chunk: Buffer, start: number): number {
    const rest = chunk.subarray(start, start + MAX_SIZE_LINE + 1 - this.#line);
    const length = rest.indexOf(CR);
    this.#line += length === -1 ? rest.length : length + 1;
    if (this.#line > MAX_SIZE_LINE) return INVALID;
    this.#extension += rest.toString('latin1', 0, length === -1 ? rest.length : length);
    if (length === -1) return start + rest.length;
    this.#state = 'size-lf';
    return extensions.test(this.#extension) ? start + length + 1 : INVALID;
  }

  #sizeByte(byte: number): boolean {
    const digit = hexDigit(byte);
    if (digit !== -1) {
      this.#digits += 1;
      this.#line += 1;
      this.#size = this.#size * 16 + digit;
      return this.#digits <= MAX_SIZE_DIGITS;
    }
    if (this.#digits === 0) return false;
    if (byte === CR) this.#state = 'size-lf';
    else if (byte === SEMICOLON) {
      this.#state = 'extension';
      this.#extension = ';';
    } else return false;
    return true;
  }

  /** Trailer lines are few and short: they are collected as text and checked line by line. */
  #feedTrailer(chunk: Buffer, start: number): number {
    const before = this.#trailer.length;
    const text =
      this.#trailer + chunk.toString('latin1', start, Math.min(chunk.length, start + this.#maxTrailerBytes + 1));
    let at = 0;
    for (;;) {
      const end = text.indexOf('\n', at);
      if (end === -1) break;
      if (text.charCodeAt(end - 1) !== CR || end === at) return INVALID;
      const line = text.slice(at, end - 1);
      if (line === '') {
        this.#state = 'done';
        return start + end + 1 - before;
      }
      const name = trailerLine.exec(line)?.[1]?.toLowerCase();
      if (name === undefined || (this.#request && framingTrailer.test(name))) return INVALID;
      if (forbiddenTrailer.test(name) || this.#named.includes(name)) this.#rewrite = true;
      else this.#kept += `${line}\r\n`;
      at = end + 1;
    }
    if (text.length > this.#maxTrailerBytes) return INVALID;
    // Keep only what is still unread, but count the whole trailer section against the limit through `#line`.
    this.#line += at;
    if (this.#line > this.#maxTrailerBytes) return INVALID;
    this.#trailer = text.slice(at);
    this.#rewrite = true;
    return MORE;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  if (byte >= 0x41 && byte <= 0x46) return byte - 0x37;
  if (byte >= 0x61 && byte <= 0x66) return byte - 0x57;
  return -1;
}
