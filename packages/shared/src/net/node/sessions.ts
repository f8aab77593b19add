/** Sessions that are kept: each is some 2 KiB, and a client chooses the names where servers are asked for its own. */
const MOST = 1000;

interface Session {
  readonly ticket: Buffer;
  readonly validUntil: number;
}

/**
 * TLS sessions to resume, by the place and the name they were made for. Each is as good as the certificate it began with: every
 * resumption brings a new ticket, and without its end a session could outlive its certificate indefinitely.
 */
export class Sessions {
  readonly #kept = new Map<string, Session>();

  get size(): number {
    return this.#kept.size;
  }

  find(key: string, now: number): Session | undefined {
    const found = this.#kept.get(key);
    if (found === undefined || now < found.validUntil) return found;
    this.#kept.delete(key);
    return undefined;
  }

  /** `validUntil`: milliseconds since 1970. */
  keep(key: string, session: Session): void {
    this.#kept.delete(key);
    this.#kept.set(key, session);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST && oldest !== undefined) this.#kept.delete(oldest);
  }

  forget(key: string): void {
    this.#kept.delete(key);
  }
}
