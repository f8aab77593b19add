import type { TLSSocket } from 'node:tls';
import { Budget, Turns } from '../budget.ts';
import { KEY_UPDATES, type LinkError } from '../link.ts';

/** Key changes in a row, without a byte in between, that end the connection. OpenSSL has no limit, BoringSSL's is 32 updates of the other end. */
const MOST_BARREN = 64;

/** Changes in one turn of the event loop: each costs as much as a few records, 20 µs. */
const PER_TURN = 8;

/** Of the connections that have more of them, one goes on in each turn. */
const busy = new Turns({ slice: 0 });

export interface KeyChangesParts {
  /** Nothing is to be read for now. Called from within OpenSSL: closing the connection there crashes the process. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** The connection is to be closed. */
  readonly overdone: (error: LinkError) => void;
}

/**
 * Bounds the key updates of the other end (TLS 1.3, RFC 8446 §4.6.3). They bring nothing that a read would report, and the runtime
 * decrypts megabytes of them before any other connection has a turn. Only OpenSSL's key log reports them.
 */
export class KeyChanges {
  readonly #parts: KeyChangesParts;
  #budget: Budget | undefined = undefined;
  #barren = 0;
  #ended = false;

  constructor(socket: Pick<TLSSocket, 'getProtocol' | 'on'>, parts: KeyChangesParts) {
    this.#parts = parts;
    if (socket.getProtocol() !== 'TLSv1.3') return;
    socket.on('keylog', (line: Buffer) => {
      // A secret, which need not stay in memory.
      line.fill(0);
      this.#changed();
    });
  }

  /** Reading has to wait for a later turn. */
  get waiting(): boolean {
    return this.#budget?.waiting === true;
  }

  /** Something came. */
  heard(): void {
    this.#barren = 0;
  }

  end(): void {
    this.#ended = true;
    this.#budget?.end();
  }

  #changed(): void {
    if (this.#ended) return;
    this.#barren += 1;
    this.#budget ??= new Budget(PER_TURN, this.#parts.resume, busy);
    if (this.#barren > MOST_BARREN) this.#overdone();
    else if (!this.#budget.spend()) this.#parts.pause();
  }

  #overdone(): void {
    this.end();
    this.#parts.pause();
    const error = Object.assign(new Error('too many key updates'), { code: KEY_UPDATES });
    setImmediate(() => this.#parts.overdone(error));
  }
}
