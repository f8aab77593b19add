import { FastRequest } from '../../http/fast-request.ts';
import { SLOW } from '../../http/head-bytes.ts';
import { hasStrayBytes, strayByteAt } from '../../http/fields.ts';
import { otherProtocol } from '../../http/other-protocol.ts';
import { parseRequestHead, type HeadLimits, type Refusal, type RequestHead } from '../../http/request-head.ts';

/** Empty lines allowed in front of a request line (RFC 9112 §2.2). */
const MAX_LEADING_BYTES = 4;
/** A request line longer than this share of a head is what made the head too large: 414 instead of 431. Bytes. */
const ROOM_FOR_FIELDS = 256;
const CR = 13;
const LF = 10;
const empty = Buffer.alloc(0);

/** Heads of requests that are over, the last one used first: it is still in the caches. */
const spare: FastRequest[] = [];
const MOST_SPARE = 256;

/**
 * The bytes of a client that nobody has taken yet: part of a head, a body before its server is there, the next
 * request, the first bytes of a tunnel. Finds the next head in them.
 */
export class RequestReader {
  readonly #limits: HeadLimits;
  #bytes: Buffer = empty;
  /** The bytes are lent: `keep` has to copy them. */
  #lent = false;
  /** How many of the bytes were searched for the end of a head already. */
  #scanned = 0;
  /** Reads most heads. Its contents are those of the request read last. */
  #fast: FastRequest | undefined = undefined;

  constructor(limits: HeadLimits) {
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#bytes.length === 0;
  }

  /** Nothing is here but the empty lines that may precede a request: none has begun. */
  get isBlank(): boolean {
    return blankLines(this.#bytes) === this.#bytes.length;
  }

  /** What is here is the beginning of a head, as far as it was read. */
  get waitsForMore(): boolean {
    return this.#scanned === this.#bytes.length || this.isBlank;
  }

  /** `chunk` is lent: the caller calls `keep` before its memory is read into again. */
  add(chunk: Buffer): void {
    this.#lent = this.isEmpty;
    this.#bytes = this.#lent ? chunk : Buffer.concat([this.#bytes, chunk]);
  }

  /** Copies what was lent and nobody has taken. */
  keep(): void {
    if (this.#lent && this.#bytes.length > 0) this.#bytes = Buffer.from(this.#bytes);
    this.#lent = false;
  }

  /** Everything that is here; lent until the next call. */
  peek(): Buffer {
    return this.#bytes;
  }

  /** Hands out everything: it is a body, or a tunnel's. */
  take(): Buffer {
    this.keep();
    const bytes = this.#bytes;
    this.#rest(empty);
    return bytes;
  }

  /** The last head is not read any more: its memory serves for another one. */
  give(): void {
    if (this.#fast !== undefined && spare.length < MOST_SPARE) spare.push(this.#fast);
    this.#fast = undefined;
  }

  /** Forgets everything: the connection ends. */
  drop(): void {
    this.#rest(empty);
  }

  /** The next request head; a refusal, with its place in what is here (`peek`); or undefined while it is not complete. */
  next(): RequestHead | Refusal | undefined {
    const next = this.#read();
    if (next === undefined || !('refused' in next)) return next;
    const { reason, at } = next;
    return { ...next, reason: otherProtocol(this.#bytes) ?? reason, at: blankLines(this.#bytes) + at };
  }

  #read(): RequestHead | Refusal | undefined {
    const bytes = this.#bytes;
    const start = blankLines(bytes);
    // Kept: forgotten, they could come for ever, one in time before each deadline.
    if (start === bytes.length) return undefined;
    // A head that comes in pieces is searched for its end only: read anew for each piece, it would cost more the smaller they are.
    if (this.#scanned === 0) {
      const fast = (this.#fast ??= spare.pop() ?? new FastRequest());
      const end = fast.read(bytes, start, bytes.length, this.#limits);
      if (end !== SLOW) {
        this.#rest(end === bytes.length ? empty : bytes.subarray(end));
        return fast;
      }
    }
    const end = bytes.indexOf('\r\n\r\n', Math.max(start, this.#scanned - 3));
    if (end === -1) return this.#unfinished(start);
    if (end + 4 - start > this.#limits.maxHeadBytes) return this.#tooLarge(start);
    const head = parseRequestHead(bytes.toString('latin1', start, end + 4), this.#limits);
    if ('refused' in head) return head;
    this.#rest(bytes.subarray(end + 4));
    return head;
  }

  /** A head that cannot become a valid one is refused before its end. */
  #unfinished(start: number): Refusal | undefined {
    const bytes = this.#bytes;
    if (bytes.length - start > this.#limits.maxHeadBytes) return this.#tooLarge(start);
    // The last byte seen may be half a line end, so it is read again, unless it is the end of one that was whole.
    const seen = Math.max(start, this.#scanned - 1);
    const from = seen > start && bytes[seen] === LF ? seen + 1 : seen;
    const text = bytes.toString('latin1', from);
    if (hasStrayBytes(text)) {
      const at = from - start + strayByteAt(text);
      return { refused: true, status: 400, reason: 'control byte or bare line end in the head', at };
    }
    this.#scanned = bytes.length;
    return undefined;
  }

  #tooLarge(start: number): Refusal {
    const lineEnd = this.#bytes.indexOf('\r\n', start);
    const line = lineEnd === -1 || lineEnd - start > this.#limits.maxHeadBytes - ROOM_FOR_FIELDS;
    return { refused: true, status: line ? 414 : 431, reason: 'head too large', at: this.#limits.maxHeadBytes };
  }

  #rest(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#scanned = 0;
  }
}

/** How many bytes of empty lines come first, as many as may. */
function blankLines(bytes: Buffer): number {
  let end = 0;
  while (end < MAX_LEADING_BYTES && bytes[end] === CR && bytes[end + 1] === LF) end += 2;
  return end;
}
