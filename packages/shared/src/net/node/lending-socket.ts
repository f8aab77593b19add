import { Socket, type SocketConstructorOpts } from 'node:net';
import { finishWrite, writeDirectly, type Begun } from './direct-write.ts';
import type { ReadMemory, Reader } from './read-memory.ts';

/** A socket whose reads are lent to the user of its link. While it has none it is a socket like any other, with 'data' events. */
export class LendingSocket extends Socket {
  readonly memory: ReadMemory;
  link: { readonly user: Reader } | undefined = undefined;
  #begun: Begun | undefined = undefined;

  constructor(options: SocketConstructorOpts, memory: ReadMemory) {
    const read = (size: number): boolean => this.#read(size);
    super({ ...options, onread: { buffer: () => memory.next(), callback: read } });
    this.memory = memory;
  }

  /** The stream asks for this in a later turn of its own, after resume(): Node would read although pause() came in between. */
  override read(size?: number): unknown {
    return this.link !== undefined && this.isPaused() ? null : super.read(size);
  }

  /** `write` of its link. */
  send(bytes: Buffer): boolean {
    const done = writeDirectly(this, bytes);
    if (done === true) return true;
    this.#begun = done;
    return this.write(bytes);
  }

  override _write(chunk: unknown, encoding: BufferEncoding, written: (error?: Error | null) => void): void {
    const begun = this.#begun;
    if (begun === undefined) return super._write(chunk, encoding, written);
    this.#begun = undefined;
    finishWrite(begun, this, written);
  }

  #read(size: number): boolean {
    if (this.link !== undefined) {
      this.memory.lend(size, this.link.user);
      return true;
    }
    let more = true;
    this.memory.lend(size, {
      data: (chunk) => {
        more = this.push(Buffer.from(chunk));
        return false;
      },
    });
    return more;
  }
}
