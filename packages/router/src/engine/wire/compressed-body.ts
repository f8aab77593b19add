import type { ResponseHead } from '../../http/response-head.ts';
import { compressorFor, type CompressedUser, type Compressor } from '../compressor.ts';
import type { AnswerBody } from './answer-body.ts';
import type { Attempt } from './attempt.ts';

const CRLF = Buffer.from('\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** The delivery whose body is compressed. */
export interface CompressedDelivery {
  /** All of the body is in the compressor, and not all of it is written. */
  compressing(): void;
  /** `write` returned false before; now more can be taken. */
  compressorDrained(): void;
  /** The last chunk is written; `surplus`: something came after the end of the body. */
  complete(surplus: boolean): void;
  compressionFailed(): void;
}

/** The body of one response, compressed on its way to the client, in chunks. */
export class CompressedBody implements CompressedUser {
  readonly #attempt: Attempt;
  readonly #delivery: CompressedDelivery;
  #compressor: Compressor | undefined = undefined;
  #surplus = false;

  private constructor(attempt: Attempt, delivery: CompressedDelivery) {
    this.#attempt = attempt;
    this.#delivery = delivery;
  }

  /** Undefined: the body passes as it is. Otherwise the head says what becomes of it. */
  static begin(attempt: Attempt, head: ResponseHead, delivery: CompressedDelivery): CompressedBody | undefined {
    if (attempt.exchange.compression === undefined) return undefined;
    const compressed = new CompressedBody(attempt, delivery);
    compressed.#compressor = compressorFor(attempt.exchange, head, compressed);
    return compressed.#compressor === undefined ? undefined : compressed;
  }

  /** A piece of `body`. False when no more can be taken before `compressorDrained`. */
  write(body: AnswerBody, piece: Buffer): boolean {
    this.#attempt.exchange.bodyReader?.(piece);
    const accepted = this.#compressor?.write(piece) !== false;
    if (!body.complete) return accepted;
    this.#surplus = body.surplus;
    this.#delivery.compressing();
    this.#compressor?.end();
    return true;
  }

  /** The client takes more. */
  resume(): void {
    this.#compressor?.resume();
  }

  get full(): boolean {
    return this.#compressor?.full === true;
  }

  destroy(): void {
    this.#compressor?.destroy();
  }

  compressed(bytes: Buffer): boolean {
    const { client, exchange } = this.#attempt;
    const chunk = Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, CRLF]);
    exchange.countSent(chunk.length);
    return client.write(undefined, chunk);
  }

  compressorDrained(): void {
    this.#delivery.compressorDrained();
  }

  compressionEnded(): void {
    const { client, exchange } = this.#attempt;
    this.#compressor = undefined;
    exchange.countSent(LAST_CHUNK.length);
    client.write(undefined, LAST_CHUNK);
    this.#delivery.complete(this.#surplus);
  }

  compressionFailed(): void {
    this.#delivery.compressionFailed();
  }
}
