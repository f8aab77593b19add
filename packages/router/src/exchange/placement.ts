import type { BackendState, ServerState, Waiter, Wish } from '../model/backend.ts';
import { failures, type Failure } from '../model/failure.ts';
import type { RequestFacts } from '../model/facts.ts';
import type { Backend, RetryOn } from '../model/snapshot.ts';

/** Longest pause before the same server is tried again (HAProxy: min(timeout connect, 1 s)). Milliseconds. */
const RETRY_PAUSE = 1000;

/** Whoever wants a server, as its placement sees it. Called at once or later, never after `end`. */
export interface Placed {
  /** A server is being looked for; the wait may last. */
  waiting(): void;
  /** The slot of a server is held and it can be tried. `now`: it was free, and nothing was tried before. */
  place(server: ServerState, now: boolean): void;
  /** The same server is tried once more, on the slot that is held. */
  again(server: ServerState): void;
  /** There is no server, and there will be none; `waited` for one. */
  unplaced(failure: Failure, waited: boolean): void;
}

/**
 * Where a request, or a connection, goes in its backend: takes a slot, waits for one, tries again, goes elsewhere. It knows
 * nothing of HTTP and of sockets: what went wrong is a word of `retry-on`.
 */
export class Placement implements Waiter {
  readonly facts: RequestFacts;
  serverQueue = 0;
  backendQueue = 0;
  /** Tries behind the first. */
  retries = 0;
  /** Another server was taken than the first. */
  redispatched = false;
  /** The server whose slot is held, or was held last. */
  server: ServerState | undefined = undefined;
  readonly #backend: BackendState;
  readonly #config: Backend;
  readonly #user: Placed;
  #holding = false;
  #queued = false;
  #ended = false;
  #pause: NodeJS.Timeout | undefined = undefined;
  /** Servers that could not be connected to. */
  readonly #unreachable: ServerState[] = [];

  /** `config`: the settings of the backend that hold for this one, whatever is configured later. */
  constructor(backend: BackendState, config: Backend, facts: RequestFacts, user: Placed) {
    this.#backend = backend;
    this.#config = config;
    this.facts = facts;
    this.#user = user;
  }

  /** A slot is held. */
  get holding(): boolean {
    return this.#holding;
  }

  /** Takes a server, or waits for one. */
  take(wish: Wish): void {
    this.#user.waiting();
    const taken = this.#backend.take(this, wish);
    if (taken === 'queued') this.#queued = true;
    else if (taken === 'no-server') this.#user.unplaced(failures.noServer, false);
    else if (taken === 'queue-full') this.#user.unplaced(failures.queueFull, false);
    else this.#hold(taken, this.retries === 0);
  }

  /**
   * Starts another try if the backend's rules allow one. HAProxy: retries, redispatch, retry-on. With
   * `option redispatch` nobody insists on a server that was chosen freely: another one is asked at once. There each
   * server is asked once even beyond `retries`, as long as none could be connected to: a client never sees that one
   * server is down while another is up.
   */
  retry(word: RetryOn, replayable: boolean, pause: boolean): boolean {
    const { server } = this;
    if (server === undefined) return false;
    const { retries, redispatch, retryOn, timeouts } = this.#config;
    if (!retryOn.has(word) || !(replayable || word === 'conn-failure') || retries === 0) return false;
    if (word === 'conn-failure' && !this.#unreachable.includes(server)) this.#unreachable.push(server);
    const spent = this.retries >= retries;
    if (spent && (word !== 'conn-failure' || redispatch === 0 || !this.#backend.hasOther(this.#unreachable)))
      return false;
    this.retries += 1;
    const every = redispatch > 0 ? redispatch : Math.max(1, retries + 1 + redispatch);
    const due = this.retries % every === 0;
    if (redispatch !== 0 && (due || spent || this.#backend.choosesFreely)) this.#leave(server);
    else this.#rest(server, pause ? Math.min(timeouts.connect || RETRY_PAUSE, RETRY_PAUSE) : 0);
    return true;
  }

  /** The server's side is done: its slot goes to the next in the queue. */
  release(): void {
    if (!this.#holding) return;
    this.#holding = false;
    this.server?.release();
  }

  /** Nothing is wanted any more. */
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
    if (this.server !== undefined && this.server !== server) this.redispatched = true;
    this.server = server;
    this.#holding = true;
    this.#user.place(server, now);
  }

  #rest(server: ServerState, ms: number): void {
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      if (this.#ended) return;
      if (server.usable || this.#config.redispatch === 0) this.#user.again(server);
      // It left rotation during the pause.
      else this.#leave(server);
    }, ms);
  }

  /** Asks another server, if there is one. */
  #leave(server: ServerState): void {
    this.release();
    this.take({ avoid: [...this.#unreachable.filter((one) => one !== server), server] });
  }
}
