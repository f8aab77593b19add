import type { Link } from '@headgate/shared/net/link';
import type { Service } from '../model/snapshot.ts';
import type { Candidate } from './candidates.ts';
import type { Clock } from '@headgate/shared/time/clock';
import { Attempt } from './attempt.ts';
import type { AttemptParts } from './attempt.ts';
import { Retries } from './retries.ts';

export interface ReachParts extends AttemptParts {
  readonly service: Pick<Service, 'timeouts' | 'localAddress' | 'sockets' | 'negotiation'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Where the bytes may go, in the order to try. */
  readonly candidates: readonly Candidate[];
  /** Runs what may throw. */
  readonly attempt: (step: () => void) => void;
  /** A server is connected, and gets another user at once; called once, and nothing is heard of the rest any more. */
  readonly reached: (server: Link, name: string, early: Buffer | undefined) => void;
  /** None is there, and it is not worth waiting any more; called once. */
  readonly failed: () => void;
}

/**
 * Looks for a server that answers: the candidates one after the other, and all of them again for as long as a router
 * takes to restart, so that its clients lose nothing but the moment.
 */
export class Reach {
  readonly #parts: ReachParts;
  readonly #retries: Retries;
  #retry: NodeJS.Timeout | undefined;
  #current: Attempt | undefined;
  /** It has a TCP connection, and is about its handshake. */
  #handshaking = false;
  /** Every failure of this round would come again. */
  #hopeless = true;
  /** When the current attempt began. */
  #since: number;
  /** How many of the candidates were tried in this round. */
  #tried = 0;
  #hurried = false;
  #stopped = false;
  readonly #refused = new Set<string>();

  constructor(parts: ReachParts) {
    this.#parts = parts;
    this.#since = parts.clock.now;
    this.#retries = new Retries(performance.now(), parts.service.timeouts.connect);
  }

  /** Addresses that did not answer, and why. */
  get refused(): readonly string[] {
    return [...this.#refused];
  }

  start(): void {
    this.#parts.attempt(() => this.#tryNext());
  }

  /** From now on it waits for nobody who is not there: the program is about to stop. */
  hurry(): void {
    this.#hurried = true;
    if (this.#retry === undefined) return;
    this.stop();
    this.#parts.attempt(() => this.#parts.failed());
  }

  /** Called at every tick of the clock. An attempt that takes too long gives way to the next. */
  expire(now: number): void {
    const { connect, busy } = this.#parts.service.timeouts;
    const limit = this.#handshaking ? busy : connect;
    if (limit === 0 || now - this.#since < limit) return;
    this.#current?.fail(this.#handshaking ? 'no answer within TIMEOUTbusy' : 'ETIMEDOUT');
  }

  /** Looks no further; neither `reached` nor `failed` is called any more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#current?.end();
  }

  #tryNext(): void {
    const candidate = this.#parts.candidates[this.#tried++];
    if (candidate === undefined) return this.#allRefused();
    this.#since = this.#parts.clock.now;
    this.#handshaking = false;
    this.#current = new Attempt(candidate, this.#parts, {
      connected: () => {
        this.#handshaking = true;
        this.#since = this.#parts.clock.now;
      },
      ready: (server, early) => {
        this.#current = undefined;
        this.#parts.reached(server, candidate.text, early);
      },
      failed: (problem, final) => {
        this.#current = undefined;
        this.#hopeless &&= final;
        this.#refused.add(`${candidate.text}: ${problem}`);
        if (!this.#stopped) this.#parts.attempt(() => this.#tryNext());
      },
    });
  }

  #allRefused(): void {
    const pause = this.#hurried || this.#hopeless ? undefined : this.#retries.next(performance.now(), Math.random());
    if (pause === undefined) return this.#parts.failed();
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#tried = 0;
      this.#hopeless = true;
      this.#parts.attempt(() => this.#tryNext());
    }, pause);
    this.#retry.unref();
  }
}
