import { hasStrayBytes, strayByteAt } from '../../http/fields.ts';
import { FastResponse } from '../../http/fast-response.ts';
import { SLOW } from '../../http/head-bytes.ts';
import type { HeadLimits } from '../../http/request-head.ts';
import { beginsLikeAnswer, parseResponseHead, type ResponseHead } from '../../http/response-head.ts';
import { wrongHead, type WrongHead } from '../../http/wrong-head.ts';

/** A refused response head. */
export interface WrongResponse extends WrongHead {
  /** Lent. */
  readonly bytes: Buffer;
}

/** Heads that are no longer read, the last one used first: with a thousand connections, one of each would be in no cache. */
const spare: FastResponse[] = [];
const MOST_SPARE = 64;

/**
 * Finds the heads of answers in what one server connection brings. A connection whose head stays unfinished is not
 * used again, so nothing is left here for the next request.
 */
export class AnswerReader {
  /** Reads most answers. Its contents are those of the answer read last. */
  #fast: FastResponse | undefined = undefined;
  #partial: Buffer | undefined = undefined;
  #rest: Buffer | undefined = undefined;

  /** The next head; why it is none, with what was read of it; or undefined while it is not complete. `chunk` is lent: what is kept of it is copied. */
  read(chunk: Buffer, method: string, limits: HeadLimits): ResponseHead | WrongResponse | undefined {
    if (this.#partial === undefined) {
      const fast = (this.#fast ??= spare.pop() ?? new FastResponse());
      const end = fast.read(chunk, method, limits);
      if (end !== SLOW) {
        this.#rest = chunk.length > end ? chunk.subarray(end) : undefined;
        return fast;
      }
    }
    const bytes = this.#partial === undefined ? chunk : Buffer.concat([this.#partial, chunk]);
    const end = bytes.indexOf('\r\n\r\n');
    if (end === -1 || end + 4 > limits.maxHeadBytes) return this.#unfinished(bytes, limits);
    this.#partial = undefined;
    this.#rest = bytes.length > end + 4 ? bytes.subarray(end + 4) : undefined;
    const head = parseResponseHead(bytes.toString('latin1', 0, end + 4), method, limits);
    return 'refused' in head ? { ...head, bytes } : head;
  }

  /** The last head is not read any more: its memory serves for another one. */
  give(): void {
    if (this.#fast !== undefined && spare.length < MOST_SPARE) spare.push(this.#fast);
    this.#fast = undefined;
  }

  /** The last head belongs to its exchange, which goes on: its log line may read it. */
  leave(): void {
    this.#fast = undefined;
  }

  /** Takes back what is to be read in a later turn; it is lent, so it is copied. */
  hold(bytes: Buffer): void {
    this.#partial = Buffer.from(bytes);
  }

  /** Hands out what came right behind the head that was read last. */
  takeRest(): Buffer | undefined {
    const rest = this.#rest;
    this.#rest = undefined;
    return rest;
  }

  /** A head that cannot become a valid one is refused before its end. */
  #unfinished(bytes: Buffer, { maxHeadBytes }: HeadLimits): WrongResponse | undefined {
    const text = bytes.toString('latin1', 0, Math.min(bytes.length, maxHeadBytes));
    if (!beginsLikeAnswer(text)) return { ...wrongHead('malformed status line', 0), bytes };
    if (bytes.length <= maxHeadBytes && !hasStrayBytes(text)) {
      this.#partial = Buffer.from(bytes);
      return undefined;
    }
    const stray = strayByteAt(text);
    return { ...wrongHead('unfinished or oversized answer head', stray === -1 ? text.length : stray), bytes };
  }
}
