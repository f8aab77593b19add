import { ChunkedBody, CloseBody, INVALID, LengthBody, MORE, type BodyTracker } from '../../http/body.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import { MANY_CHUNKS } from '../allowance.ts';

/** The body of one answer, as its bytes come: finds its end, and what of it the client is sent. */
export class AnswerBody {
  complete = false;
  /** The last piece of it was as much work as its server can make it. */
  laborious = false;
  /** There was something behind the end of it, which belongs to no request. */
  surplus = false;
  readonly #tracker: BodyTracker;
  readonly #dechunk: boolean;

  /** `dechunk`: the client knows no chunks, and is sent their content. */
  constructor(tracker: BodyTracker, dechunk: boolean) {
    this.#tracker = tracker;
    this.#dechunk = dechunk;
  }

  /** Where in the bytes tracked last the framing is broken. */
  get wrongAt(): number {
    return this.#tracker instanceof ChunkedBody ? this.#tracker.wrongAt : 0;
  }

  /** What of `chunk` belongs to the body and may pass; INVALID when its framing is broken. */
  track(chunk: Buffer): Buffer | typeof INVALID {
    const tracker = this.#tracker;
    const before = tracker instanceof ChunkedBody ? tracker.chunks : 0;
    const content = this.#dechunk ? collect(tracker) : undefined;
    const end = tracker.feed(chunk, 0);
    this.laborious = tracker instanceof ChunkedBody && tracker.chunks - before >= MANY_CHUNKS;
    if (end === INVALID) return INVALID;
    this.complete = end !== MORE;
    this.surplus = end !== MORE && end < chunk.length;
    return content === undefined
      ? tracker.passable(chunk, 0, end === MORE ? chunk.length : end)
      : Buffer.concat(content);
  }
}

/** Where the content of the chunks that are fed next goes. */
function collect(tracker: BodyTracker): Buffer[] {
  const pieces: Buffer[] = [];
  if (tracker instanceof ChunkedBody) tracker.onContent = (bytes, from, to) => pieces.push(bytes.subarray(from, to));
  return pieces;
}

/** The body that follows this head; undefined when it has none. */
export function answerBodyOf(head: ResponseHead, dechunk: boolean, maxTrailerBytes: number): AnswerBody | undefined {
  switch (head.framing) {
    case 'none':
      return undefined;
    case 'length':
      return new AnswerBody(new LengthBody(head.contentLength), false);
    case 'chunked':
      return new AnswerBody(new ChunkedBody(maxTrailerBytes, head.options), dechunk);
    case 'close':
      return new AnswerBody(new CloseBody(), false);
  }
}
