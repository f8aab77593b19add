import type { X509Certificate } from 'node:crypto';

/** Sessions that are kept: each is some 3 KiB, and a client chooses the names where servers are asked for its own. */
const MOST = 1000;
/** Tickets of one handshake that are kept until it has been judged. */
const MOST_TICKETS = 4;

/** What a server was accepted for when its session began: one that resumes it shows no certificate again. */
export interface Accepted {
  /** Milliseconds since 1970: the end of its certificate. Infinity: it need not have one. */
  readonly validUntil: number;
  /** Only for users that examine it again for each connection: it is larger than the session. */
  readonly certificate?: X509Certificate | undefined;
  /** Its bytes, for what is to be known of a connection that shows none. */
  readonly der?: Buffer | undefined;
}

interface Session extends Accepted {
  readonly ticket: Buffer;
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

/** The tickets of one connection. They count once its server has been accepted: those of TLS 1.2 come before. */
export class Tickets {
  readonly #sessions: Sessions;
  readonly #key: string;
  readonly #early: Buffer[] = [];
  #accepted: Accepted | undefined = undefined;

  constructor(sessions: Sessions, key: string) {
    this.#sessions = sessions;
    this.#key = key;
  }

  add(ticket: Buffer): void {
    if (this.#accepted !== undefined) this.#sessions.keep(this.#key, { ...this.#accepted, ticket });
    else if (this.#early.length < MOST_TICKETS) this.#early.push(ticket);
  }

  accepted(accepted: Accepted): void {
    this.#accepted = accepted;
    for (const ticket of this.#early.splice(0)) this.add(ticket);
  }
}
