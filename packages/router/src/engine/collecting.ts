/** The body of a request that is answered here, as far as it came. */
export class Collecting {
  readonly #limit: number;
  readonly #done: (body: Buffer | undefined) => void;
  readonly #pieces: Buffer[] = [];
  #size = 0;

  /** `done` gets the body, or undefined when it is larger than `limit` bytes. */
  constructor(limit: number, done: (body: Buffer | undefined) => void) {
    this.#limit = limit;
    this.#done = done;
  }

  get tooLarge(): boolean {
    return this.#size > this.#limit;
  }

  add(piece: Buffer): void {
    this.#size += piece.length;
    if (!this.tooLarge) this.#pieces.push(piece);
  }

  finish(): void {
    this.#done(this.tooLarge ? undefined : Buffer.concat(this.#pieces));
  }
}
