import type { Inherited } from '../../net/node/inherited.ts';
import { Backoff, type Pauses } from '../backoff.ts';
import { startWorker, type WorkerPlace } from './channel.ts';
import type { ToPrimary, ToWorker } from './messages.ts';

/** Milliseconds a worker may take for one thing that it is asked to do. */
const PATIENCE = 30_000;
/** A worker that has ended is replaced at once. */
export const WORKER_PAUSES: Pauses = { first: 0, second: 500, longest: 30_000 };

/** Why a worker did not do what it was asked; undefined: it did. */
export type Refusal = readonly string[] | undefined;

export interface MemberListener {
  said(message: unknown): void;
  /** `served`: milliseconds; undefined when it never did. */
  ended(how: string, served: number | undefined): void;
}

/** One worker as its primary sees it: a number, and the process that has it for the time being. */
export class Member {
  readonly number: number;
  readonly backoff = new Backoff(WORKER_PAUSES);
  /** Sockets it was sent, by key and index. */
  readonly sockets = new Set<string>();
  /** It has the present state, so it must receive every change from now on. */
  informed = false;
  readonly #argv: readonly string[];
  readonly #place: WorkerPlace;
  readonly #listener: MemberListener;
  #process: ReturnType<typeof startWorker> | undefined;
  #since: number | undefined;
  readonly #asked = new Map<number, (refusal: Refusal) => void>();
  #ready: (() => void) | undefined;
  #drained: (() => void) | undefined;

  constructor(argv: readonly string[], place: WorkerPlace, listener: MemberListener) {
    this.number = place.number;
    this.#argv = argv;
    this.#place = place;
    this.#listener = listener;
  }

  /** It has the configuration and accepts connections. */
  get serving(): boolean {
    return this.#since !== undefined;
  }

  get running(): boolean {
    return this.#process !== undefined;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Starts its process; resolves when that can be asked, or with why not. */
  start(): Promise<Refusal> {
    this.sockets.clear();
    this.informed = false;
    return this.#within((done) => {
      this.#ready = () => done(undefined);
      this.#process = startWorker(this.#argv, this.#place, {
        heard: (message) => this.#heard(message),
        ended: (how) => {
          const served = this.#since === undefined ? undefined : performance.now() - this.#since;
          this.#process = undefined;
          this.#since = undefined;
          this.informed = false;
          done([`it ended (${how})`]);
          for (const answer of this.#asked.values()) answer([`it ended (${how})`]);
          this.#drained?.();
          this.#listener.ended(how, served);
        },
      });
    });
  }

  /** It serves from now on. */
  serves(): void {
    this.#since = performance.now();
  }

  send(message: ToWorker, socket?: Inherited): boolean {
    return this.#process?.send(message, socket) ?? true;
  }

  /** Asks for something that is answered; `id` is different in every question to one worker. */
  ask(message: Extract<ToWorker, { readonly id: number }>): Promise<Refusal> {
    return this.#within((done) => {
      this.#asked.set(message.id, done);
      this.send(message);
    }).finally(() => this.#asked.delete(message.id));
  }

  /** Lets it finish what is open and end; resolves when it has, whatever ended it. */
  drain(within: number | undefined, handedOver: boolean): Promise<void> {
    return this.#finish({ kind: 'drain', within, handedOver });
  }

  /** Lets it close what is open and end; resolves when it has. */
  end(): Promise<void> {
    return this.#finish({ kind: 'close' });
  }

  kill(): void {
    this.#process?.kill();
  }

  #finish(message: ToWorker): Promise<void> {
    if (this.#process === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const before = this.#drained;
      this.#drained = () => {
        before?.();
        resolve();
      };
      this.send(message);
    });
  }

  #heard(message: ToPrimary): void {
    switch (message.kind) {
      case 'ready':
        return this.#ready?.();
      case 'done':
        return this.#asked.get(message.id)?.(message.reasons);
      case 'drained':
        return this.#drained?.();
      case 'said':
        return this.#listener.said(message.message);
    }
  }

  #within(work: (done: (refusal: Refusal) => void) => void): Promise<Refusal> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve([`it has not answered for ${PATIENCE / 1000} s`]), PATIENCE);
      work((refusal) => {
        clearTimeout(timer);
        resolve(refusal);
      });
    });
  }
}
