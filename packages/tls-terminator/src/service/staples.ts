import { createHash } from 'node:crypto';
import type { Logger } from '@headgate/shared/log/logger';
import { ask } from '@headgate/shared/net/secure-transport';
import { MOST_RESPONSE, ocspRequest } from '../certificate/ocsp.ts';
import { stapledResponse } from '../certificate/staple.ts';
import type { StapledResponse, StapleSource } from '../model/staple.ts';

/** A responder that says nothing for so long has not answered, in milliseconds. */
const PATIENCE = 10_000;
const REQUEST = { type: 'application/ocsp-request', patience: PATIENCE, most: MOST_RESPONSE };
/** Requests at one time. */
const MOST_ASKED = 4;
/** Neither every second nor after weeks, in milliseconds. */
const SHORTEST = 300_000;
const LONGEST = 12 * 3_600_000;
/** After a failure: this, twice as much, and so on up to an hour. */
const FIRST_RETRY = 60_000;
const LONGEST_RETRY = 3_600_000;

interface Staple {
  source: StapleSource;
  response: StapledResponse | undefined;
  /** When the responder is asked next. */
  due: number;
  failures: number;
  problem: string | undefined;
}

/** What can be said of a staple. */
export interface StapleStatus extends Pick<StapleSource, 'file' | 'certificate' | 'issuer' | 'responder'> {
  readonly response: StapledResponse | undefined;
  readonly due: number;
  readonly problem: string | undefined;
}

export interface StaplesParts {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly ask?: typeof ask;
}

/**
 * The status of our certificates, sent along in handshakes (OCSP stapling): from files, and from responders, which are asked in time before a response ends.
 * Handshakes never wait for it, and never fail for want of it.
 */
export class Staples {
  readonly #now: () => number;
  readonly #ask: typeof ask;
  /** By the SHA-256 of the certificate. */
  #all = new Map<string, Staple>();
  #logger: Pick<Logger, 'log'> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #asking = 0;
  #ended = false;

  constructor({ now = Date.now, ask: asks = ask }: StaplesParts = {}) {
    this.#now = now;
    this.#ask = asks;
  }

  /** These from now on. What responders said of those that stay is kept. */
  follow(sources: readonly StapleSource[], logger: Pick<Logger, 'log'>): void {
    this.#logger = logger;
    const before = this.#all;
    this.#all = new Map(
      sources.map((source) => {
        const key = keyOf(source.certificate.raw);
        const known = before.get(key);
        if (known === undefined)
          return [key, { source, response: source.response, due: 0, failures: 0, problem: undefined }];
        known.source = source;
        if (isNewer(source.response, known.response)) known.response = source.response;
        return [key, known];
      }),
    );
    this.#work();
  }

  /** What is sent with this certificate (DER); undefined: nothing. */
  responseFor(certificate: Buffer): Buffer | undefined {
    const { response } = this.#all.get(keyOf(certificate)) ?? {};
    return response === undefined || response.until <= this.#now() ? undefined : response.bytes;
  }

  /** The certificate that a response is about, by its file; or why it cannot be sent. */
  meant(bytes: Buffer): { readonly file: string } | { readonly refused: string } {
    let refused = 'it is about none of the certificates that are served';
    for (const { source } of this.#all.values()) {
      const read = stapledResponse(bytes, source, undefined, new Date(this.#now()));
      if (!('refused' in read)) return { file: source.file };
      refused = read.refused;
    }
    return { refused };
  }

  get status(): readonly StapleStatus[] {
    return [...this.#all.values()].map(({ source, response, due, problem }) => ({ ...source, response, due, problem }));
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  /** Asks for what is due, and comes back when the next is. */
  #work(): void {
    clearTimeout(this.#timer);
    if (this.#ended) return;
    const now = this.#now();
    const asked = [...this.#all.values()].filter(({ source }) => source.responder !== undefined);
    for (const staple of asked) {
      if (this.#asking >= MOST_ASKED) return;
      if (staple.due <= now) void this.#refresh(staple);
    }
    const next = Math.min(...asked.map(({ due }) => due));
    if (next === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.#work(), Math.min(Math.max(next - now, 1000), LONGEST));
    this.#timer.unref();
  }

  async #refresh(staple: Staple): Promise<void> {
    this.#asking += 1;
    // Not again while it is asked.
    staple.due = this.#now() + 2 * PATIENCE;
    const problem = await this.#fetch(staple);
    const now = this.#now();
    const { file, responder = '' } = staple.source;
    if (problem === undefined) {
      staple.failures = 0;
      const left = (staple.response?.until ?? now) - now;
      staple.due = now + Math.min(Math.max(left / 2, SHORTEST), LONGEST);
      if (staple.problem !== undefined) this.#logger?.log('notice', `OCSP response for ${file}: ${responder} is back`);
    } else {
      staple.failures += 1;
      staple.due = now + Math.min(FIRST_RETRY * 2 ** (staple.failures - 1), LONGEST_RETRY);
      // Once for each reason: a responder may be away for days.
      if (staple.problem !== problem)
        this.#logger?.log(
          'warning',
          `OCSP response for ${file}: ${responder}: ${problem}; ${rest(staple.response, now)}`,
        );
    }
    staple.problem = problem;
    this.#asking -= 1;
    this.#work();
  }

  /** What went wrong, or undefined. */
  async #fetch(staple: Staple): Promise<string | undefined> {
    const { certificate, issuer, responder = '' } = staple.source;
    const { bytes, nonce } = ocspRequest(certificate, issuer, false);
    try {
      const answer = await this.#ask(responder, bytes, REQUEST);
      const read = stapledResponse(answer, { certificate, issuer }, nonce, new Date(this.#now()));
      if ('refused' in read) return read.refused;
      staple.response = read;
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

function keyOf(certificate: Buffer): string {
  return createHash('sha256').update(certificate).digest('base64');
}

function isNewer(one: StapledResponse | undefined, other: StapledResponse | undefined): boolean {
  return one !== undefined && (other === undefined || one.until > other.until);
}

function rest(response: StapledResponse | undefined, now: number): string {
  if (response === undefined || response.until <= now) return 'clients get none';
  return `the present one is valid until ${new Date(response.until).toISOString()}`;
}
