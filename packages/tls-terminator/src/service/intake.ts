import { Budget, Turns } from '@headgate/shared/net/budget';
import type { Link, MeasuredLink } from '@headgate/shared/net/link';

/** Records of one client that are passed on in one turn of the event loop: half a megabyte of an upload. */
const RECORDS_PER_TURN = 32;

/** After so many encrypted bytes that held no plain ones (KeyUpdates, the frames of tiny records), a turn's share is used up. */
const MOST_OVERHEAD = 64 * 1024;

/** Encrypted bytes without a plain one that make a client none: KeyUpdates, which call nobody, show in no other way. */
export const MOST_BARREN = 256 * 1024;

/** Plain bytes, and pieces of them, that are read from a client before it has a server. */
const MOST_EARLY = 16 * 1024;
const MOST_EARLY_PIECES = 32;

/** The server, as far as it is needed here. */
export type Target = Pick<Link, 'closed' | 'writeEnded' | 'write' | 'waiting'>;

/** A server that drops everything. */
const nowhere: Target = { closed: true, writeEnded: true, write: () => true, waiting: 0 };

/**
 * Those that had more to say than one turn allows. What they cost is spent by the runtime after they are let go on (a read of
 * 64 KiB is up to 2,800 records, each a call), so one of them is let go on in each turn, whatever their number.
 */
const busy = new Turns({ slice: 0 });

export interface IntakeParts {
  readonly client: Pick<MeasuredLink, 'encrypted' | 'pause' | 'resume' | 'paused'>;
  /** Something came. */
  readonly heard: () => void;
  /** So many bytes were passed on. */
  readonly passed: (bytes: number) => void;
  /** The client has ended and all that it said was passed on. */
  readonly finished: () => void;
}

/**
 * What a client says, on its way to the server: as it comes, but no more of it in one turn of the event loop than its share,
 * and no more than the server takes. Beyond that the link is paused, and what came last is kept here.
 */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #budget = new Budget(RECORDS_PER_TURN, () => this.#goOn(), busy);
  #server: Target | undefined;
  /** The server takes no more at the moment. */
  #blocked = false;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #ended = false;
  /** Encrypted bytes when something last came; the rest of the same read is among them. */
  #encrypted: number;
  /** How many of those before were more than the plain ones: what is neither paid for nor explained by a cut record. */
  #overhead = 0;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#encrypted = parts.client.encrypted;
  }

  /** Nothing is read from the client at the moment. */
  get stopped(): boolean {
    return this.#parts.client.paused;
  }

  /** Bytes that were read and not passed on. */
  get held(): number {
    return this.#heldBytes;
  }

  /** Encrypted bytes that came since the last plain one. */
  get barren(): number {
    return this.#parts.client.encrypted - this.#encrypted;
  }

  /** The first bytes that came before there was a server, at most `length`. */
  early(length: number): Buffer {
    return Buffer.concat(this.#held, Math.min(length, this.#heldBytes));
  }

  /** From now on everything goes to `server`, beginning with what has come; `header` first, with one system call. */
  open(server: Target, header?: Buffer): void {
    this.#server = server;
    if (header === undefined) return this.#goOn();
    const early = this.#takeHeld();
    if (early !== undefined) this.#parts.passed(early.length);
    if (server.write(header, early)) this.#goOn();
    else this.#blocked = true;
  }

  /** The server takes more again, or nothing at all any more: then what comes is dropped. */
  drained(): void {
    this.#blocked = false;
    this.#goOn();
  }

  /** There is no server and there will be none: what came and what comes is dropped. */
  discard(): void {
    this.open(nowhere);
  }

  /** It is over: nothing is passed on any more. */
  close(): void {
    this.#budget.end();
    this.#held = [];
    this.#heldBytes = 0;
  }

  /** A record came. True: it is held. */
  take(chunk: Buffer): boolean {
    this.#parts.heard();
    const cost = this.#cost(chunk);
    if (this.#server !== undefined && !this.#blocked && this.#heldBytes === 0 && this.#budget.spend(cost)) {
      this.#pass(this.#server, chunk);
      return this.#server.waiting > 0;
    }
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    const early = this.#heldBytes < MOST_EARLY && this.#held.length < MOST_EARLY_PIECES;
    if (this.#server !== undefined || !early) this.#parts.client.pause();
    return true;
  }

  /** The client has ended. */
  end(): void {
    this.#ended = true;
    this.#parts.heard();
    if (this.#server !== undefined && this.#heldBytes === 0) this.#parts.finished();
  }

  /** One for a record, and a whole share for many bytes that held nothing. */
  #cost(chunk: Buffer): number {
    const { encrypted } = this.#parts.client;
    this.#overhead -= chunk.length;
    const due = this.#overhead > MOST_OVERHEAD;
    if (due) this.#overhead = 0;
    this.#overhead += encrypted - this.#encrypted;
    this.#encrypted = encrypted;
    return due ? RECORDS_PER_TURN : 1;
  }

  #pass(server: Target, chunk: Buffer): void {
    if (server.closed || server.writeEnded) return;
    this.#parts.passed(chunk.length);
    if (server.write(chunk)) return;
    this.#blocked = true;
    this.#parts.client.pause();
  }

  #goOn(): void {
    const server = this.#server;
    if (server === undefined || this.#blocked || this.#budget.waiting) return;
    const held = this.#takeHeld();
    if (held !== undefined) this.#pass(server, held);
    if (this.#ended) this.#parts.finished();
    else if (!this.#blocked) this.#parts.client.resume();
  }

  /** In one piece: a write for each of two thousand records would cost more than all the rest. */
  #takeHeld(): Buffer | undefined {
    const [first, ...more] = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    return more.length === 0 ? first : Buffer.concat([first ?? Buffer.alloc(0), ...more]);
  }
}
