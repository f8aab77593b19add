import {
  constants,
  createBrotliCompress,
  createDeflate,
  createDeflateRaw,
  createGzip,
  createZstdCompress,
} from 'node:zlib';
import type { Transform } from 'node:stream';
import { announce, compressionOf } from '../exchange/compressing.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { ResponseHead } from '../http/response-head.ts';
import type { Algorithm, CompressionLimits } from '../model/compression.ts';
import type { CompressionCounters } from '../model/counters.ts';

/** What a compressor of each kind holds, in bytes: its window, its tables and what is on the way. */
const COSTS: Readonly<Record<Algorithm, number>> = {
  identity: 0,
  gzip: 300_000,
  deflate: 300_000,
  'raw-deflate': 300_000,
  zstd: 1_000_000,
  br: 2_000_000,
};

/** Windows of brotli: 2^18 bytes, so that a compressor holds no more than the others. */
const BROTLI_WINDOW = 18;

/** What the compressors of the process hold, and how much they did in this second. */
const used = { memory: 0, second: 0, bytes: 0 };

/** Where compressed bytes go. */
export interface CompressedUser {
  /** False when no more is to come until `resume` is called. */
  compressed(bytes: Buffer): boolean;
  /** All of it was handed out. */
  compressionEnded(): void;
  /** More can be written. */
  compressorDrained(): void;
  /** It cannot go on. */
  compressionFailed(): void;
}

/**
 * Compresses one body. What is written comes out without waiting for more, so that events of a stream reach their client at once. Nothing
 * here holds more than one piece of it: `write` says when to stop, and `compressed` is told when its user is slower.
 */
export class Compressor {
  readonly #stream: Transform | undefined;
  readonly #user: CompressedUser;
  readonly #counters: readonly CompressionCounters[];
  #cost: number;

  private constructor(
    algorithm: Algorithm,
    level: number,
    user: CompressedUser,
    counters: readonly CompressionCounters[],
  ) {
    this.#user = user;
    this.#counters = counters;
    this.#cost = COSTS[algorithm];
    used.memory += this.#cost;
    this.#stream = streamOf(algorithm, level);
    this.#stream?.on('data', (bytes: Buffer) => {
      for (const one of counters) one.compressionOut += bytes.length;
      if (!user.compressed(bytes)) this.#stream?.pause();
    });
    this.#stream?.on('drain', () => user.compressorDrained());
    this.#stream?.once('end', () => {
      this.#release();
      user.compressionEnded();
    });
    // It has run out of memory.
    this.#stream?.on('error', () => {
      this.#release();
      user.compressionFailed();
    });
  }

  /** Undefined where the limits of the process leave no room for one. */
  static start(
    algorithm: Algorithm,
    limits: CompressionLimits,
    user: CompressedUser,
    counters: readonly CompressionCounters[] = [],
  ): Compressor | undefined {
    if (used.memory + COSTS[algorithm] > limits.memory || (limits.rate > 0 && rateNow() > limits.rate))
      return undefined;
    return new Compressor(algorithm, limits.level, user, counters);
  }

  /** A piece of the body, which is copied: false when no more can be taken before `compressorDrained`. */
  write(bytes: Buffer): boolean {
    if (bytes.length === 0) return true;
    count(bytes.length);
    for (const one of this.#counters)
      if (this.#stream === undefined) one.compressionPassed += bytes.length;
      else one.compressionIn += bytes.length;
    if (this.#stream === undefined) return this.#user.compressed(bytes);
    return this.#stream.write(Buffer.from(bytes));
  }

  end(): void {
    for (const one of this.#counters) one.compressed += 1;
    if (this.#stream === undefined) this.#user.compressionEnded();
    else this.#stream.end();
  }

  /** The user takes more. */
  resume(): void {
    this.#stream?.resume();
  }

  /** `write` returned false, and `compressorDrained` follows. Never of `identity`, which holds nothing: its user alone says when to stop. */
  get full(): boolean {
    return this.#stream?.writableNeedDrain ?? false;
  }

  /** Gives it up; nothing is reported any more. */
  destroy(): void {
    this.#stream
      ?.removeAllListeners()
      .on('error', () => undefined)
      .destroy();
    this.#release();
  }

  #release(): void {
    used.memory -= this.#cost;
    this.#cost = 0;
  }
}

/** Begins to compress the body of a response, whose head then says so; undefined: it passes as it is. */
export function compressorFor(exchange: Exchange, head: ResponseHead, user: CompressedUser): Compressor | undefined {
  const algorithm = compressionOf(exchange, head);
  if (algorithm === undefined) return undefined;
  const counters = [exchange.context.counters, ...(exchange.backend === undefined ? [] : [exchange.backend.counters])];
  const compressor = Compressor.start(algorithm, exchange.context.global.compression, user, counters);
  if (compressor === undefined || announce(exchange, head, algorithm)) return compressor;
  compressor.destroy();
  return undefined;
}

function streamOf(algorithm: Algorithm, level: number): Transform | undefined {
  const flush = constants.Z_SYNC_FLUSH;
  switch (algorithm) {
    case 'identity':
      return undefined;
    case 'gzip':
      return createGzip({ level, flush });
    case 'deflate':
      return createDeflate({ level, flush });
    case 'raw-deflate':
      return createDeflateRaw({ level, flush });
    case 'br':
      return createBrotliCompress({
        flush: constants.BROTLI_OPERATION_FLUSH,
        params: { [constants.BROTLI_PARAM_QUALITY]: level, [constants.BROTLI_PARAM_LGWIN]: BROTLI_WINDOW },
      });
    case 'zstd':
      return createZstdCompress({
        flush: constants.ZSTD_e_flush,
        params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_windowLog]: BROTLI_WINDOW },
      });
  }
}

/** Bytes that were compressed in this second. */
function rateNow(): number {
  return used.second === Math.floor(Date.now() / 1000) ? used.bytes : 0;
}

function count(bytes: number): void {
  const second = Math.floor(Date.now() / 1000);
  if (used.second !== second) {
    used.second = second;
    used.bytes = 0;
  }
  used.bytes += bytes;
}

/** What all compressors hold now, in bytes. */
export function compressorsHold(): number {
  return used.memory;
}
