import { createHmac, randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { HashedPassword } from '../model/user-list.ts';
import { Recent } from '../http/recent.ts';
import type { Job, Verdict } from './worker.ts';

/** Password checks waiting or running, at most: in the process, and for one client. */
const MAX_CHECKS = 64;
const MAX_OF_CLIENT = 4;
/** Results remembered, in each of two generations. Wrong passwords are kept apart, so that guessing cannot push out right ones. */
const MAX_RIGHT = 4096;
const MAX_WRONG = 1024;

/** Called with whether the password is right; undefined: it was not checked, because too many are. */
export type Done = (matches: boolean | undefined) => void;

interface Check {
  readonly key: string;
  readonly job: Job;
  readonly client: string;
  readonly done: Done[];
}

/**
 * Checks passwords against hashes in a thread of their own, one at a time. Results are remembered under a keyed digest, so no
 * password stays in memory. What a client can ask for is bounded: checks wait in a queue with a limit for the process and one
 * for each client, and equal ones are done once.
 */
export class PasswordChecks {
  readonly #secret = randomBytes(32);
  readonly #right = new Recent<true>(MAX_RIGHT);
  readonly #wrong = new Recent<true>(MAX_WRONG);
  readonly #queue: Check[] = [];
  readonly #open = new Map<string, Check>();
  readonly #ofClient = new Map<string, number>();
  readonly #report: (message: string) => void;
  #running: Check | undefined = undefined;
  #worker: Worker | undefined = undefined;
  #lastId = 0;

  /** `report` is told why the thread ended, should it ever. */
  constructor(report: (message: string) => void = () => undefined) {
    this.#report = report;
  }

  /** Checks waiting or running. */
  get size(): number {
    return this.#open.size;
  }

  /** The result of an earlier check of this password; undefined when there is none. */
  known(stored: HashedPassword, attempt: string): boolean | undefined {
    const key = this.#keyOf(stored, attempt);
    if (this.#right.get(key) === true) return true;
    return this.#wrong.get(key) === true ? false : undefined;
  }

  /** Checks a password for a client (its address). `done` is called later, never at once. */
  check(stored: HashedPassword, attempt: string, client: string, done: Done): void {
    const key = this.#keyOf(stored, attempt);
    const same = this.#open.get(key);
    if (same !== undefined) return void same.done.push(done);
    const own = this.#ofClient.get(client) ?? 0;
    if (this.#open.size >= MAX_CHECKS || own >= MAX_OF_CLIENT) return void setImmediate(done, undefined);
    const check: Check = { key, job: { id: (this.#lastId += 1), stored, attempt }, client, done: [done] };
    this.#ofClient.set(client, own + 1);
    this.#open.set(key, check);
    this.#queue.push(check);
    this.#next();
  }

  /** Ends the thread; checks that are not finished are not done. */
  close(): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
  }

  #keyOf({ text }: HashedPassword, attempt: string): string {
    return createHmac('sha256', this.#secret).update(text).update('\0').update(attempt, 'latin1').digest('base64');
  }

  #next(): void {
    if (this.#running !== undefined) return;
    this.#running = this.#queue.shift();
    if (this.#running === undefined) return;
    this.#worker ??= this.#start();
    this.#worker.postMessage(this.#running.job);
  }

  #start(): Worker {
    // The sources run as they are, or compiled: the file beside this one has the same ending.
    const worker = new Worker(new URL(import.meta.url.endsWith('.ts') ? 'worker.ts' : 'worker.js', import.meta.url));
    // It must not keep the process from ending.
    worker.unref();
    worker.on('message', ({ id, matches }: Verdict) => {
      if (id === this.#running?.job.id) this.#finish(matches);
    });
    worker.on('error', (error) => {
      this.#report(`the thread that checks passwords ended: ${error instanceof Error ? error.message : String(error)}`);
      if (this.#worker === worker) this.#worker = undefined;
      this.#finish(undefined);
    });
    return worker;
  }

  #finish(matches: boolean | undefined): void {
    const check = this.#running;
    this.#running = undefined;
    if (check === undefined) return;
    this.#open.delete(check.key);
    const left = (this.#ofClient.get(check.client) ?? 1) - 1;
    if (left > 0) this.#ofClient.set(check.client, left);
    else this.#ofClient.delete(check.client);
    if (matches === true) this.#right.set(check.key, true);
    else if (matches === false) this.#wrong.set(check.key, true);
    this.#next();
    for (const done of check.done) done(matches);
  }
}
