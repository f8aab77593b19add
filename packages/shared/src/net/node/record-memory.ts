import type { LinkUser } from '../link.ts';

/** The most that the runtime decrypts at once: a TLS record. */
const RECORD = 16_384;

/** Smaller pieces are copied: that is cheaper than to replace the memory they came in while someone holds them. */
const LARGE = 4096;

/** One piece at a time is reported, so all connections can be decrypted into the same memory. */
const shared = Buffer.allocUnsafeSlow(RECORD);

/**
 * The memory that what a connection brings is decrypted into. What is reported of it may be held. An upload has memory of its
 * own, which is used again as long as its server takes all at once; the runtime would allocate some for each record.
 */
export class RecordMemory {
  #memory = shared;

  get next(): Buffer {
    return this.#memory;
  }

  /** `size` bytes came. */
  lend(size: number, data: LinkUser['data']): void {
    const memory = this.#memory;
    const chunk = memory.subarray(0, size);
    if (size < LARGE) {
      this.#memory = shared;
      data(Buffer.from(chunk));
    } else if (memory === shared) {
      this.#memory = Buffer.allocUnsafeSlow(RECORD);
      data(Buffer.from(chunk));
    } else if (data(chunk)) this.#memory = Buffer.allocUnsafeSlow(RECORD);
  }
}
