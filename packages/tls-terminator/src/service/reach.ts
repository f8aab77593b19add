import type { Link, LinkError, LinkUser } from '@headgate/shared/net/link';
import type { Service } from '../model/snapshot.ts';
import type { Candidate } from './candidates.ts';
import type { Clock } from '@headgate/shared/time/clock';
import { dial } from './dial.ts';
import { Retries } from './retries.ts';

export interface ReachParts {
  readonly service: Pick<Service, 'timeouts' | 'localAddress' | 'sockets'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Where the bytes may go, in the order to try. */
  readonly candidates: readonly Candidate[];
  /** Runs what may throw. */
  readonly attempt: (step: () => void) => void;
  /** A server is connected, and gets another user at once; called once, and nothing is heard of the rest any more. */
  readonly reached: (server: Link, name: string) => void;
  /** None is there, and it is not worth waiting any more; called once. */
  readonly failed: () => void;
}

/**
 * Looks for a server that answers: the candidates one after the other, and all of them again for as long as a router
 * takes to restart, so that its clients lose nothing but the moment.
 */
export class Reach implements LinkUser {
  readonly #parts: ReachParts;
  readonly #retries: Retries;
  #retry: NodeJS.Timeout | undefined;
  #current: Link | undefined;
  /** Which candidate it is, and why it failed if that is known already. */
  #name = '';
  #problem = '';
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
    const { connect } = this.#parts.service.timeouts;
    if (connect === 0 || now - this.#since < connect || this.#current === undefined) return;
    this.#problem = 'ETIMEDOUT';
    this.#current.close();
  }

  /** Looks no further; neither `reached` nor `failed` is called any more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#current?.close();
  }

  #tryNext(): void {
    const candidate = this.#parts.candidates[this.#tried++];
    if (candidate === undefined) return this.#allRefused();
    this.#since = this.#parts.clock.now;
    this.#name = candidate.text;
    this.#problem = 'closed';
    this.#current = dial(candidate, this.#parts.service, this);
  }

  // ---- reports of the candidate being tried ----------------------------------------------------

  opened(): void {
    const server = this.#current;
    if (this.#stopped || server === undefined) return;
    this.#current = undefined;
    this.#parts.reached(server, this.#name);
  }

  closed(error: LinkError | undefined): void {
    this.#current = undefined;
    this.#refused.add(`${this.#name}: ${error?.code ?? error?.message ?? this.#problem}`);
    if (!this.#stopped) this.#parts.attempt(() => this.#tryNext());
  }

  /** Nothing is said before it is open, and then another listens. */
  data(): boolean {
    return false;
  }
  ended(): void {}
  drained(): void {}

  #allRefused(): void {
    const pause = this.#hurried ? undefined : this.#retries.next(performance.now(), Math.random());
    if (pause === undefined) return this.#parts.failed();
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#tried = 0;
      this.#parts.attempt(() => this.#tryNext());
    }, pause);
    this.#retry.unref();
  }
}
