/** What is answered to an authority at the moment. */
export interface OpenChallenges {
  /** Answers `token` under /.well-known/acme-challenge/ until the function that is returned is called. */
  http(token: string, authorization: string): () => void;
  /** Answers handshakes of `acme-tls/1` for this server name. */
  tls(serverName: string, answer: TlsAnswer): () => void;
}

/** Key and certificate for one name (RFC 8737 §3), as PEM. */
export interface TlsAnswer {
  readonly key: string;
  readonly cert: string;
}

/** The protocol that authorities ask for (RFC 8737 §4). */
export const ACME_TLS = 'acme-tls/1';

/** All answers, as plain data. */
export interface OpenAnswers {
  readonly http: ReadonlyMap<string, string>;
  readonly tls: ReadonlyMap<string, TlsAnswer>;
}

/** The challenges that are open: those who accept connections look here, and find nothing nearly all the time. */
export class Challenges implements OpenChallenges {
  readonly #byToken = new Map<string, string>();
  readonly #byName = new Map<string, TlsAnswer>();
  /** Called after each change. */
  changed: () => void = () => {};

  get open(): OpenAnswers {
    return { http: this.#byToken, tls: this.#byName };
  }

  /** In a worker: takes those of the primary, and no others. */
  assume({ http, tls }: OpenAnswers): void {
    this.#byToken.clear();
    this.#byName.clear();
    for (const [token, authorization] of http) this.#byToken.set(token, authorization);
    for (const [name, answer] of tls) this.#byName.set(name, answer);
  }

  /** There is one that handshakes answer. Read for every connection. */
  get onTls(): boolean {
    return this.#byName.size > 0;
  }

  http(token: string, authorization: string): () => void {
    return this.#hold(this.#byToken, token, authorization);
  }

  tls(serverName: string, answer: TlsAnswer): () => void {
    return this.#hold(this.#byName, serverName, answer);
  }

  /** The body for a token; undefined: it is not known. */
  bodyFor(token: string): string | undefined {
    return this.#byToken.get(token);
  }

  /** The answer to a ClientHello; undefined when it is not from an authority, or for a name without a challenge (RFC 8737 §3: then `acme-tls/1` is not spoken). */
  answerTo({
    serverName,
    alpn,
  }: {
    readonly serverName: string;
    readonly alpn: readonly string[];
  }): TlsAnswer | undefined {
    return alpn.includes(ACME_TLS) ? this.#byName.get(serverName) : undefined;
  }

  /** The last value set for a key holds; taking back an earlier one changes nothing. */
  #hold<T>(all: Map<string, T>, key: string, value: T): () => void {
    all.set(key, value);
    this.changed();
    return () => {
      if (all.get(key) !== value) return;
      all.delete(key);
      this.changed();
    };
  }
}
