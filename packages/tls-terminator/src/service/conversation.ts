import type { Link, LinkError, LinkUser } from '@headgate/shared/net/link';

/** Bytes of one answer or line that is waited for. */
const MOST = 64 * 1024;

/**
 * What precedes TLS on a connection: lines and answers, read one after the other. It is the user of a link until `release`, which
 * returns what has come and was not read. The caller closes the link when it has waited long enough: every promise then rejects.
 */
export class Conversation implements LinkUser {
  readonly #link: Link;
  #bytes: Buffer = Buffer.alloc(0);
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(link: Link) {
    this.#link = link;
    link.user = this;
  }

  /** Bytes that have come and were not read. */
  get waiting(): number {
    return this.#bytes.length;
  }

  send(text: string | Buffer): void {
    this.#link.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  }

  /** The next line without its end (LF or CRLF). */
  async line(): Promise<string> {
    const text = await this.until((bytes) => {
      const end = bytes.indexOf(10);
      return end === -1 ? undefined : { value: bytes.subarray(0, end).toString('latin1'), length: end + 1 };
    });
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  }

  async bytes(count: number): Promise<Buffer> {
    return this.until((bytes) =>
      bytes.length < count ? undefined : { value: bytes.subarray(0, count), length: count },
    );
  }

  /** Reads until `look` finds something in all that has come; `length` bytes of it are used up. */
  async until<T>(look: (bytes: Buffer) => { readonly value: T; readonly length: number } | undefined): Promise<T> {
    for (;;) {
      const found = look(this.#bytes);
      if (found !== undefined) {
        this.#bytes = this.#bytes.subarray(found.length);
        return found.value;
      }
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#bytes.length > MOST) throw new Error('it sent more than an answer could be');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.#link.resume();
      });
    }
  }

  /** Somebody else uses the link from now on, which is paused. */
  release(): Buffer {
    this.#link.pause();
    const left = this.#bytes;
    this.#bytes = Buffer.alloc(0);
    return left;
  }

  opened(): void {}

  data(chunk: Buffer): boolean {
    // The memory is lent. Nobody may send more than is being looked at.
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    this.#link.pause();
    this.#awake();
    return false;
  }

  ended(): void {
    this.closed(undefined);
  }

  drained(): void {}

  closed(error: LinkError | undefined): void {
    this.#failure ??= error ?? Object.assign(new Error('it closed the connection'), { code: 'ECONNRESET' });
    this.#awake();
  }

  #awake(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
