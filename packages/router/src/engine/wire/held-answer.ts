import { bodyLength, FramedBody } from '../../http/held-body.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import { MANY_CHUNKS } from '../allowance.ts';
import type { Buffering } from '../buffering.ts';

/** A response whose head is held, with what has come of its body, until rules have seen as much as they want. */
export class HeldAnswer {
  readonly body: FramedBody;
  readonly #endsByClose: boolean;
  #pieces: Buffer[] = [];
  /** The rules that wait for it. */
  #buffering: Buffering | undefined = undefined;

  /** `rest` came with the head and is lent: it is copied by `wait`. */
  constructor(head: ResponseHead, rest: Buffer | undefined, maxHeadBytes: number) {
    this.body = new FramedBody(maxHeadBytes - head.lines.length, bodyLength(head), maxHeadBytes);
    this.#endsByClose = head.framing === 'close';
    if (rest !== undefined) this.#take(rest);
  }

  /** Everything that came after the head, framing included. */
  get rest(): Buffer | undefined {
    return this.#pieces.length > 1 ? Buffer.concat(this.#pieces) : this.#pieces[0];
  }

  /** The last piece of it was as much work as its server can make it. */
  get laborious(): boolean {
    return this.body.chunks >= MANY_CHUNKS;
  }

  /** Rules wait for more of it: it has to last beyond this call. */
  wait(buffering: Buffering): void {
    this.#pieces = this.#pieces.map((piece) => Buffer.from(piece));
    this.#buffering = buffering;
  }

  /** More of it. True when rules need not wait for more. */
  add(chunk: Buffer): boolean {
    this.#take(Buffer.from(chunk));
    return this.#buffering?.satisfied(this.body) !== false;
  }

  /** The server has closed: that is the end of a body without framing (true), and a cut of any other. */
  ended(): boolean {
    this.body.complete ||= this.#endsByClose;
    return this.#endsByClose;
  }

  /** Lets the rules go on. */
  proceed(): void {
    const buffering = this.#buffering;
    this.#buffering = undefined;
    buffering?.finish();
  }

  #take(piece: Buffer): void {
    this.body.feed(piece);
    this.#pieces.push(piece);
  }
}
