import type { BackendState, Bound, ServerState, Session, Waiter, Wish } from '../model/backend.ts';
import { failures, type Failure } from '../model/failure.ts';
import type { Evaluation } from '../model/evaluation.ts';
import type { RequestFacts } from '../model/facts.ts';
import type { Steering } from '../model/steering.ts';
import type { Backend, RetryOn } from '../model/snapshot.ts';

/** Longest pause before the same server is tried again (HAProxy: min(timeout connect, 1 s)). Milliseconds. */
const RETRY_PAUSE = 1000;

/** A request or connection that needs a server, as placement sees it. Called at once or later, never after `end`. */
export interface Placed extends Session {
  /** The search for a server has begun; it may have to wait in a queue. */
  waiting(): void;
  /** A slot of a server is held and the server can be tried. `now`: it was free and this is the first attempt. */
  place(server: ServerState, now: boolean): void;
  /** The same server is tried again, on the slot already held. */
  again(server: ServerState): void;
  /** No server is or will become available; `waited`: after queueing for one. */
  unplaced(failure: Failure, waited: boolean): void;
}

const NONE: readonly ServerState[] = [];

/**
 * Places a request or a connection in its backend: takes a slot, waits for one, retries, redispatches. It knows
 * nothing about HTTP or sockets: failures are named by `retry-on` keywords.
 */
export class Placement implements Waiter {
  readonly facts: RequestFacts;
  readonly on: Evaluation | undefined;
  serverQueue = 0;
  backendQueue = 0;
  /** Attempts after the first. */
  retries = 0;
  /** A different server than the first, or than the one it was bound to, was chosen. */
  redispatched = false;
  bound: Bound | undefined = undefined;
  priorityClass = 0;
  priorityOffset = 0;
  /** The server whose slot is held, or was last held. */
  server: ServerState | undefined = undefined;
  readonly #backend: BackendState;
  readonly #config: Backend;
  readonly #user: Placed;
  #holding = false;
  /** It is in the server's `sessions`. */
  #listed = false;
  #queued = false;
  #ended = false;
  #pause: NodeJS.Timeout | undefined = undefined;
  /** Servers to which connecting failed. */
  #unreachable: readonly ServerState[] = NONE;
  /** What it was bound to, or went to, last: any other is a redispatch. */
  #last: ServerState | undefined = undefined;

  /** `config`: the settings of the backend for this placement, even if a reload changes them. */
  constructor(backend: BackendState, config: Backend, facts: RequestFacts, user: Placed, on?: Evaluation) {
    this.#backend = backend;
    this.#config = config;
    this.facts = facts;
    this.on = on;
    this.#user = user;
  }

  /** Its place where it has to wait. */
  prioritize({ priorityClass, priorityOffset }: Pick<Steering, 'priorityClass' | 'priorityOffset'>): void {
    this.priorityClass = priorityClass;
    this.priorityOffset = priorityOffset;
  }

  /** A slot is held. */
  get holding(): boolean {
    return this.#holding;
  }

  /** Chooses a server, or waits for one. */
  take(wish: Wish, bound?: Bound): void {
    this.bound = bound;
    this.#last ??= bound?.server;
    this.#user.waiting();
    const taken = this.#backend.take(this, wish);
    if (taken === 'queued') this.#queued = true;
    else if (taken === 'no-server') this.#user.unplaced(failures.noServer, false);
    else if (taken === 'queue-full') this.#overflowed();
    else this.#hold(taken, this.retries === 0);
  }

  /** HAProxy: with `option redispatch` a client whose own server has a full queue goes to another one. */
  #overflowed(): void {
    if (this.bound === undefined || this.bound.forced || this.#config.redispatch === 0)
      return this.#user.unplaced(failures.queueFull, false);
    const { server } = this.bound;
    server.counters.redispatches += 1;
    this.#backend.counters.redispatches += 1;
    this.take({ avoid: [server] });
  }

  /**
   * Starts another attempt if the backend's settings allow one. HAProxy: retries, redispatch, retry-on. With
   * `option redispatch` a freely chosen server is not insisted on: another one is tried at once. Each
   * server is then tried once even beyond `retries`, as long as connecting failed: a client never sees that one
   * server is down while another is up.
   */
  retry(word: RetryOn, replayable: boolean, pause: boolean): boolean {
    const { server } = this;
    if (server === undefined) return false;
    const { retries, redispatch, retryOn, timeouts } = this.#config;
    if (!retryOn.has(word) || !(replayable || word === 'conn-failure') || retries === 0) return false;
    if (word === 'conn-failure' && !this.#unreachable.includes(server))
      this.#unreachable = [...this.#unreachable, server];
    const spent = this.retries >= retries;
    const mayLeave = redispatch !== 0 && this.bound?.forced !== true;
    if (spent && (word !== 'conn-failure' || !mayLeave || !this.#backend.hasOther(this.#unreachable))) return false;
    this.retries += 1;
    const every = redispatch > 0 ? redispatch : Math.max(1, retries + 1 + redispatch);
    const due = this.retries % every === 0 || server.stopped;
    const free = this.bound === undefined && this.#backend.choosesFreely;
    if (mayLeave && (due || spent || free)) this.#leave(server);
    else this.#rest(server, pause ? Math.min(timeouts.connect || RETRY_PAUSE, RETRY_PAUSE) : 0);
    return true;
  }

  /** The server has finished: its slot goes to the next in the queue. */
  release(): void {
    if (!this.#holding) return;
    this.#holding = false;
    if (this.#listed) this.server?.sessions.delete(this.#user);
    this.#listed = false;
    this.server?.release();
  }

  /** The request has ended; no server is needed any more. */
  end(): void {
    this.#ended = true;
    if (this.#pause !== undefined) clearTimeout(this.#pause);
    if (this.#queued) this.#backend.forget(this);
    this.release();
  }

  // ---- reports of the backend ------------------------------------------------------------------

  granted(server: ServerState): void {
    this.#queued = false;
    if (this.#ended) server.release();
    else this.#hold(server, false);
  }

  refused(why: 'queue-timeout' | 'no-server'): void {
    this.#queued = false;
    if (!this.#ended) this.#user.unplaced(why === 'queue-timeout' ? failures.queueTimeout : failures.noServer, true);
  }

  #hold(server: ServerState, now: boolean): void {
    if (this.#last !== undefined && this.#last !== server) this.redispatched = true;
    this.#last = server;
    this.server = server;
    this.#holding = true;
    if (server.config.endsSessions) {
      server.sessions.add(this.#user);
      this.#listed = true;
    }
    this.#user.place(server, now);
  }

  #rest(server: ServerState, ms: number): void {
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      if (this.#ended) return;
      if (!server.stopped || this.#config.redispatch === 0 || this.bound?.forced === true) this.#user.again(server);
      // It left rotation during the pause.
      else this.#leave(server);
    }, ms);
  }

  /** Tries another server, if there is one. */
  #leave(server: ServerState): void {
    this.release();
    this.take({ avoid: [...this.#unreachable.filter((one) => one !== server), server] });
  }
}
