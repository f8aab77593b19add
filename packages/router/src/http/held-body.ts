import type { BodyView } from '../model/facts.ts';
import { ChunkedBody, INVALID } from './body.ts';
import type { ResponseHead } from './response-head.ts';

export const NO_BODY: BodyView = { text: '', length: 0, size: 0, enough: () => true };

/** Bytes of chunk framing that may be held for each byte of content: a body of tiny chunks must not fill the memory. */
const FRAMING = 8;

/** How long the body of a message with this head is: undefined when it comes in chunks, Infinity when it ends with its connection. */
export function bodyLength({
  framing,
  contentLength,
}: Pick<ResponseHead, 'framing' | 'contentLength'>): number | undefined {
  switch (framing) {
    case 'none':
      return 0;
    case 'length':
      return contentLength;
    case 'chunked':
      return undefined;
    case 'close':
      return Infinity;
  }
}

/**
 * The beginning of a message's body that is held here, for rules that look at it (`req.body`, `wait-for-body`). It keeps a copy of at most
 * `limit` bytes of content; the message itself is forwarded by its reader.
 */
export class HeldBody implements BodyView {
  complete: boolean;
  /** Its framing is broken: the message cannot be forwarded. */
  broken = false;
  readonly #limit: number;
  readonly #announced: number | undefined;
  #pieces: Buffer[] = [];
  #held = 0;
  #text: string | undefined = undefined;

  /** `length`: as `bodyLength` gives it. */
  constructor(limit: number, length?: number) {
    this.#limit = Math.max(0, limit);
    this.#announced = length === Infinity ? undefined : length;
    this.complete = length === 0;
  }

  get length(): number {
    return this.#held;
  }

  get size(): number {
    return this.#announced ?? this.#held + this.pending;
  }

  /** No more of it fits. */
  get full(): boolean {
    return this.#held >= this.#limit;
  }

  /** Bytes that are known to follow. */
  protected get pending(): number {
    return 0;
  }

  get text(): string {
    if (this.#text === undefined) {
      const whole = Buffer.concat(this.#pieces);
      this.#pieces = [whole];
      this.#text = whole.toString('latin1');
    }
    return this.#text;
  }

  /** More of its content; what does not fit is not kept. The bytes are copied. */
  add(content: Buffer): void {
    const piece = content.subarray(0, this.#limit - this.#held);
    if (piece.length === 0) return;
    this.#pieces.push(Buffer.from(piece));
    this.#held += piece.length;
    this.#text = undefined;
  }

  /** Nothing more has to be waited for by a rule that wants `atLeast` bytes; 0: all of it. */
  enough(atLeast: number): boolean {
    return this.complete || this.broken || this.full || (atLeast > 0 && this.#held >= atLeast);
  }
}

/** The same for a body that comes with its framing. */
export class FramedBody extends HeldBody {
  readonly #chunks: ChunkedBody | undefined;
  readonly #most: number;
  /** Chunks in the last piece of it: what that cost its reader apart from its bytes. */
  chunks = 0;
  #remaining: number;
  #raw = 0;

  constructor(limit: number, length: number | undefined, maxTrailerBytes: number) {
    super(limit, length);
    this.#most = limit * FRAMING;
    this.#remaining = length ?? 0;
    if (length !== undefined) return;
    this.#chunks = new ChunkedBody(maxTrailerBytes);
    this.#chunks.onContent = (bytes, from, to) => this.add(bytes.subarray(from, to));
  }

  override get full(): boolean {
    return super.full || this.#raw >= this.#most;
  }

  protected override get pending(): number {
    return this.#chunks?.left ?? 0;
  }

  /** More bytes as they came; those after its end are ignored. */
  feed(bytes: Buffer): void {
    this.chunks = 0;
    if (this.complete || this.broken) return;
    this.#raw += bytes.length;
    if (this.#chunks === undefined) {
      const own = bytes.subarray(0, this.#remaining);
      this.#remaining -= own.length;
      this.complete = this.#remaining === 0;
      return this.add(own);
    }
    const before = this.#chunks.chunks;
    if (this.#chunks.feed(bytes, 0) === INVALID) this.broken = true;
    this.chunks = this.#chunks.chunks - before;
    this.complete = this.#chunks.complete;
  }
}
