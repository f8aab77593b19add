import type { LinkUser } from '../link.ts';

/** What accepted connections that bring little read into, in bytes; as much as a head may have by default. */
const SHARED_SIZE = 16_384;
/** A read of so many bytes gives a connection memory of its own, of at most the other size. */
const MUCH = 4096;
const LARGEST_READ = 65_536;

/**
 * One read at a time is handed out, and its bytes are lent for the length of one call. So all connections that bring
 * little can read into the same memory: a thousand clients that wait, or that send a byte at a time, need none of their own.
 */
const shared = Buffer.allocUnsafeSlow(SHARED_SIZE);

/** Is given the bytes of one read. */
export type Reader = Pick<LinkUser, 'data'>;

/** The memory that one connection reads into. Node allocates 64 KiB for each read of a socket without it. */
export class ReadMemory {
  /**
   * The bytes may be held after the call that lends them: a body on its way to a slow reader. A connection that brings much reads into
   * memory of its own then, which is replaced while someone holds it; what little ones bring is copied. Otherwise `data` has to return false.
   */
  bulk: boolean;
  readonly #shared: Buffer;
  #memory: Buffer;
  /** So much is allocated for the next read, if there is one; 0: what there is serves again. */
  #wanted = 0;
  #held = false;

  /** `common`: what connections that are not bulk read into. */
  constructor(bulk: boolean, common = shared) {
    this.bulk = bulk;
    this.#shared = common;
    this.#memory = common;
  }

  /** Where the next read goes. */
  next(): Buffer {
    if (!this.bulk) this.#memory = this.#shared;
    else if (this.#wanted > 0) this.#memory = Buffer.allocUnsafeSlow(this.#wanted);
    this.#wanted = 0;
    return this.#memory;
  }

  /** A read brought `size` bytes. One that filled the memory makes it larger for the next one. */
  lend(size: number, to: Reader): void {
    const memory = this.#memory;
    const chunk = size === memory.length ? memory : memory.subarray(0, size);
    if (memory === this.#shared) {
      to.data(this.bulk ? Buffer.from(chunk) : chunk);
      if (this.bulk && size >= MUCH) this.#wanted = Math.min(size * 4, LARGEST_READ);
      return;
    }
    // One small piece after the other, each in memory of its own, would let a slow reader hold many times what it was sent.
    if (this.#held && size * 2 < memory.length) this.#held = to.data(Buffer.from(chunk));
    else {
      this.#held = to.data(chunk);
      if (this.#held) this.#wanted = memory.length;
    }
    if (size === memory.length && size < LARGEST_READ) this.#wanted = size * 4;
  }
}
