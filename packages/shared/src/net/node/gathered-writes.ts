/** Whose bytes are kept until the end of a turn. */
export interface Gatherer {
  /** Sends them now; GatheredWrites has them. */
  leave(): void;
}

/** All that is kept at once, in bytes: what a peer takes too slowly holds this memory, so it is as large as that of heads. */
const MEMORY = 32_768;
/** Larger writes go at once: they wake few, and copying them costs more than that. Bytes. */
const SMALL = 4096;
/** A turn with fewer writes than that is not busy. */
const FEW = 3;
/** After so many writes that went at once, one is kept to see whether others follow in its turn. */
const LOOKS_EVERY = 16;

/**
 * Small writes of a busy turn of the event loop, which leave together at its end. A write wakes the process that reads at the other end,
 * if it sleeps; where all are on one machine, as applications behind a router are, that was a tenth of what a request cost, for between
 * two writes of a turn that process had done its part and slept again. One after the other they find it awake (docs/adr/0046).
 *
 * In a turn with few writes nothing is kept, for then nothing is gained by it: a write goes when it is asked for.
 */
export class GatheredWrites {
  /** Keep what there is, however few they are: for tests. */
  always = false;
  #memory = Buffer.allocUnsafeSlow(MEMORY);
  #used = 0;
  /** Whose the pieces are, undefined once they have left, and where they begin: each ends where the next one does. */
  readonly #owners: (Gatherer | undefined)[] = [];
  readonly #starts: number[] = [];
  /** Writes are kept; else they go at once, `#direct` of them so far. */
  #keeping = false;
  #direct = 0;
  /** Kept in this turn, those that left before its end among them: the first asks for its end. */
  #kept = 0;

  /** Keeps a copy of `bytes` until the end of this turn, and returns its place. Negative: they have to be written now. */
  keep(owner: Gatherer, bytes: Buffer): number {
    if (!this.#keeping && !this.#looks()) return -1;
    const size = bytes.length;
    if (size > SMALL) return -1;
    if (this.#used + size > MEMORY) this.#leave();
    if (this.#kept === 0) setImmediate(this.#turn);
    this.#kept += 1;
    this.#memory.set(bytes, this.#used);
    this.#starts.push(this.#used);
    this.#used += size;
    return this.#owners.push(owner) - 1;
  }

  /** Keeps more behind what is kept in this place. False: there is no room, or others came after it. */
  more(place: number, bytes: Buffer): boolean {
    const end = this.#used + bytes.length;
    if (place !== this.#owners.length - 1 || end > MEMORY) return false;
    this.#memory.set(bytes, this.#used);
    this.#used = end;
    return true;
  }

  /** The bytes that were kept in this place, which leave now. They are good until the next call, unless `held`. */
  take(place: number): Buffer {
    this.#owners[place] = undefined;
    return this.#memory.subarray(this.#starts[place], this.#starts[place + 1] ?? this.#used);
  }

  /** The system has not taken all of what was taken last: the memory is used no more. */
  held(): void {
    const rest = this.#memory;
    this.#memory = Buffer.allocUnsafeSlow(MEMORY);
    // Others that wait in it have to find their bytes.
    rest.copy(this.#memory, 0, 0, this.#used);
  }

  /** Whether this write is to show if others follow. */
  #looks(): boolean {
    this.#direct += 1;
    if (this.#direct < LOOKS_EVERY && !this.always) return false;
    this.#direct = 0;
    this.#keeping = true;
    return true;
  }

  #leave(): void {
    for (const owner of this.#owners) owner?.leave();
    this.#owners.length = this.#starts.length = 0;
    this.#used = 0;
  }

  readonly #turn = (): void => {
    this.#leave();
    if (this.#kept < FEW) this.#keeping = false;
    this.#kept = 0;
  };
}

/** Those of this process. */
export const gathered = new GatheredWrites();
