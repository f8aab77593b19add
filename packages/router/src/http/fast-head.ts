import { type ConnectionOptions, type Fields, closeOnly, keepAliveOnly, noOptions } from './fields.ts';
import { HeadBytes, SLOW } from './head-bytes.ts';
import type { HeadLimits } from './request-head.ts';

/** Digits of a length that any parser reads as the same number. */
const MAX_LENGTH_DIGITS = 15;
const ZERO = 48;
const NINE = 57;
const KEEP_ALIVE = Buffer.from('keep-alive');
const CAPITAL_KEEP_ALIVE = Buffer.from('Keep-Alive');
const CLOSE = Buffer.from('close');

export function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

/** The number that three digits are, or NaN. */
export function threeDigits(bytes: Buffer, at: number): number {
  let number = 0;
  for (let next = at; next < at + 3; next += 1) {
    if (!isDigit(bytes[next]!)) return Number.NaN;
    number = number * 10 + (bytes[next]! - ZERO);
  }
  return number;
}

export function startsWith(bytes: Buffer, at: number, start: Buffer): boolean {
  for (let index = 0; index < start.length; index += 1) if (bytes[at + index] !== start[index]) return false;
  return true;
}

/**
 * What `FastRequest` and `FastResponse` have in common: a head read in one pass over its bytes, with the fields that mean something for
 * the message itself. **They accept less than the strict parsers, never more and never otherwise**: whatever is not plainly right
 * is SLOW, and the strict parser says what it is. `heads.test.ts` holds them together.
 */
export abstract class FastHead {
  readonly lines = new HeadBytes();
  readonly version = '1.1';
  method = 'GET';
  contentLength = 0;
  keepAlive = true;
  options: ConnectionOptions = noOptions;
  /** Content-Length, and Connection, came already: a second one is not plainly right. */
  protected sized = false;
  #connection = false;

  get text(): string {
    return this.lines.text;
  }

  get fields(): Fields {
    return this.lines.fields;
  }

  /** Reads the header lines from `section` on, which is SLOW when the first line was. */
  protected readSection(section: number, { maxHeaders }: HeadLimits): boolean {
    this.contentLength = 0;
    this.keepAlive = true;
    this.options = noOptions;
    this.sized = false;
    this.#connection = false;
    const { lines } = this;
    return section !== SLOW && lines.readLines(section, maxHeaders) !== SLOW;
  }

  /** Content-Length; false for one that is not plainly right. */
  protected readLength(line: number): boolean {
    if (this.sized) return false;
    this.sized = true;
    this.contentLength = this.lines.number(line, MAX_LENGTH_DIGITS);
    return this.contentLength >= 0;
  }

  /** Connection, as nearly all senders write it. */
  protected readConnection(line: number): boolean {
    if (this.#connection) return false;
    this.#connection = true;
    const { lines } = this;
    if (lines.holds(line, KEEP_ALIVE) || lines.holds(line, CAPITAL_KEEP_ALIVE)) {
      this.options = keepAliveOnly;
      return true;
    }
    if (!lines.holds(line, CLOSE)) return false;
    this.options = closeOnly;
    this.keepAlive = false;
    return true;
  }
}
