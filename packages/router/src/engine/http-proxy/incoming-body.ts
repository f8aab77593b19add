import type { IncomingMessage } from 'node:http';
import type { HeldBody } from '../../http/held-body.ts';
import type { Buffering } from '../buffering.ts';

/** The body of a request as Node reads it: held for rules first, then handed to the attempt that sends it. */
export class IncomingBody {
  readonly #request: IncomingMessage;
  readonly #view: HeldBody;
  #pieces: Buffer[] = [];
  #buffering: Buffering | undefined = undefined;
  #pass: ((chunk: Buffer) => void) | undefined = undefined;

  /** `view`: what rules see of it. */
  constructor(request: IncomingMessage, view: HeldBody) {
    this.#request = request;
    this.#view = view;
    request.on('data', (chunk: Buffer) => this.#data(chunk));
    request.once('end', () => {
      view.complete = true;
      this.#proceed();
    });
  }

  /** Reads as much as the rules wait for. */
  buffer(buffering: Buffering): void {
    this.#buffering = buffering;
    if (buffering.satisfied(this.#view)) this.#proceed();
    else this.#request.resume();
  }

  /** Hands out what is held, then what comes. */
  read(pass: (chunk: Buffer) => void, end: () => void): void {
    const held = this.#pieces;
    this.#pieces = [];
    this.#pass = pass;
    this.#request.resume();
    // The last of them may say that its server takes no more.
    for (const piece of held) pass(piece);
    if (this.#view.complete) end();
    else this.#request.once('end', end);
  }

  #data(chunk: Buffer): void {
    if (this.#pass !== undefined) return this.#pass(chunk);
    this.#pieces.push(chunk);
    this.#view.add(chunk);
    if (this.#buffering?.satisfied(this.#view) === true) this.#proceed();
  }

  #proceed(): void {
    const buffering = this.#buffering;
    this.#buffering = undefined;
    if (buffering === undefined) return;
    // The rest waits in the kernel until a server reads it.
    if (!this.#view.complete) this.#request.pause();
    buffering.finish();
  }
}
