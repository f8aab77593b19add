import type { Socket } from 'node:net';
import type { Service } from '../model/snapshot.ts';
import type { Candidate } from './candidates.ts';
import type { Clock } from '@headgate/shared/time/clock';
import { dial } from './dial.ts';
import type { OnRead } from './dial.ts';
import { Retries } from './retries.ts';

export interface ReachParts {
  readonly service: Pick<Service, 'timeouts' | 'localAddress' | 'sockets'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Where the bytes may go, in the order to try. */
  readonly candidates: readonly Candidate[];
  /** What the server says, from the beginning. */
  readonly onRead: OnRead;
  /** Runs what may throw. */
  readonly attempt: (step: () => void) => void;
  /** A server is connected; called once, and nothing is heard of the rest any more. */
  readonly reached: (server: Socket, name: string) => void;
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
  #current: Socket | undefined;
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
    if (connect > 0 && now - this.#since >= connect)
      this.#current?.destroy(Object.assign(new Error('no answer within TIMEOUTconnect'), { code: 'ETIMEDOUT' }));
  }

  /** Looks no further; neither `reached` nor `failed` is called any more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#current?.destroy();
  }

  #tryNext(): void {
    const candidate = this.#parts.candidates[this.#tried++];
    if (candidate === undefined) return this.#allRefused();
    this.#since = this.#parts.clock.now;
    const server = dial(candidate, this.#parts.service, this.#parts.onRead);
    this.#current = server;
    let problem = 'closed';
    const failed = (error: Error & { readonly code?: string }): void => void (problem = error.code ?? error.message);
    const closed = (): void => {
      this.#current = undefined;
      this.#refused.add(`${candidate.text}: ${problem}`);
      if (!this.#stopped) this.#parts.attempt(() => this.#tryNext());
    };
    server.on('error', failed);
    server.on('close', closed);
    server.once('connect', () => {
      if (this.#stopped) return;
      server.off('error', failed);
      server.off('close', closed);
      this.#current = undefined;
      this.#parts.reached(server, candidate.text);
    });
  }

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
