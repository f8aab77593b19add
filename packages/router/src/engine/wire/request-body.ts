import { ChunkedBody, INVALID, LengthBody, MORE, type BodyTracker } from '../../http/body.ts';
import type { RequestHead } from '../../http/request-head.ts';
import { MANY_CHUNKS } from '../allowance.ts';
import type { RequestReader } from './request-reader.ts';

/** The body of one request, as its bytes come: finds its end, and keeps a whole one for another attempt. */
export class RequestBody {
  /** How much of it went through here. */
  bytes = 0;
  /** The last piece of it was as much work as its sender can make it. */
  laborious = false;
  /** Set when its framing broke: the bytes that broke it, and where. */
  wrong: { readonly bytes: Buffer; readonly at: number } | undefined = undefined;
  readonly #reader: RequestReader;
  readonly #tracker: BodyTracker;
  #held: Buffer | undefined = undefined;

  /** What is read behind the body goes back to `reader`: it is the next request. */
  constructor(head: RequestHead, reader: RequestReader, maxTrailerBytes: number) {
    this.#reader = reader;
    this.#tracker =
      head.framing === 'length'
        ? new LengthBody(head.contentLength)
        : new ChunkedBody(maxTrailerBytes, { named: head.options.named, request: true });
  }

  get complete(): boolean {
    return this.#tracker.complete;
  }

  /** What of `chunk` belongs to the body and may pass; INVALID when its framing is broken. */
  track(chunk: Buffer): Buffer | typeof INVALID {
    const tracker = this.#tracker;
    const chunks = tracker instanceof ChunkedBody ? tracker.chunks : 0;
    const end = tracker.feed(chunk, 0);
    this.laborious = tracker instanceof ChunkedBody && tracker.chunks - chunks >= MANY_CHUNKS;
    if (end === INVALID) {
      this.wrong = { bytes: chunk, at: tracker instanceof ChunkedBody ? tracker.wrongAt : 0 };
      return INVALID;
    }
    const taken = end === MORE ? chunk.length : end;
    this.bytes += taken;
    if (taken < chunk.length) this.#reader.add(chunk.subarray(taken));
    return this.#tracker.passable(chunk, 0, taken);
  }

  /** The same as `take` would hand out, framing included, without taking it. */
  peek(): Buffer | undefined {
    return this.#held ?? (this.bytes > 0 || this.#reader.isEmpty ? undefined : this.#reader.peek());
  }

  /** What waits in the reader. One that is whole before anything was sent is kept: it can be sent again, to another server. */
  take(): Buffer | undefined | typeof INVALID {
    if (this.#held !== undefined) return this.#held;
    if (this.complete || this.#reader.isEmpty) return undefined;
    const piece = this.track(this.#reader.take());
    if (piece !== INVALID && this.complete) this.#held = piece;
    return piece;
  }
}
