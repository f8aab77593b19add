import { bodyLength, FramedBody } from '../../http/held-body.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import { MANY_CHUNKS } from '../allowance.ts';

/** A response whose head is held, with what has come of its body, until rules have seen as much as they want. */
export class HeldAnswer {
  readonly head: ResponseHead;
  readonly body: FramedBody;
  /** The last piece of it was as much work as its server can make it. */
  laborious = false;
  #pieces: Buffer[] = [];

  /** `rest` came with the head and is lent: it is copied by `keep`. */
  constructor(head: ResponseHead, rest: Buffer | undefined, maxHeadBytes: number) {
    this.head = head;
    this.body = new FramedBody(maxHeadBytes - head.lines.length, bodyLength(head), maxHeadBytes);
    if (rest !== undefined) this.#take(rest);
  }

  /** Everything that came after the head, framing included. */
  get rest(): Buffer | undefined {
    return this.#pieces.length > 1 ? Buffer.concat(this.#pieces) : this.#pieces[0];
  }

  /** Copies what was lent: it has to last beyond this call. */
  keep(): void {
    this.#pieces = this.#pieces.map((piece) => Buffer.from(piece));
  }

  add(chunk: Buffer): void {
    this.#take(Buffer.from(chunk));
  }

  /** The server has closed: that is the end of a body without framing, and a cut of any other. */
  ended(): boolean {
    if (this.head.framing !== 'close') return false;
    this.body.complete = true;
    return true;
  }

  #take(piece: Buffer): void {
    const { chunks } = this.body;
    this.body.feed(piece);
    this.laborious = this.body.chunks - chunks >= MANY_CHUNKS;
    this.#pieces.push(piece);
  }
}
