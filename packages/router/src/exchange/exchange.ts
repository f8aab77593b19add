import { performance } from 'node:perf_hooks';
import type { ServerState, Waiter, Wish } from '../model/backend.ts';
import type { Carrier } from './carrier.ts';
import type { Decision } from '../model/decision.ts';
import type { RequestFacts } from '../model/facts.ts';
import type { Answer } from '../model/answer.ts';
import type { RetryOn } from '../model/snapshot.ts';
import type { FrontendContext } from './context.ts';
import { errorAnswer } from '../http/error-answers.ts';
import { ExchangeRecord } from './exchange-record.ts';
import { failures, type Failure } from '../model/failure.ts';
import { decideBackend } from '../rules/evaluate.ts';
import { lastStop } from '../http/max-forwards.ts';
import { isMonitor } from './monitor.ts';

/** The stages of an exchange; the letter is the second one of a termination state. */
type Stage = 'R' | 'Q' | 'C' | 'H' | 'D';

/** Longest pause before the same server is tried again (HAProxy: min(timeout connect, 1 s)). */
const RETRY_PAUSE = 1000;

/**
 * The conductor of one HTTP request and its answer: rules, then server, then bytes, then the log line.
 * Steps run in this order and never call each other; the one loop is retry → choose a server again.
 */
export class Exchange extends ExchangeRecord implements Waiter {
  readonly #carrier: Carrier;
  /** When the request was complete. */
  readonly #ready: number;
  /** When a server was chosen last: behind all queues, before all attempts to reach it. */
  #assigned: number;
  /** When the last step that has a time of its own ended. */
  #mark: number;
  #stage: Stage = 'R';
  #holding = false;
  #ended = false;
  #silent = false;
  #answering = false;
  #reuseRetried = false;
  #pause: NodeJS.Timeout | undefined = undefined;
  /** Servers that could not be connected to. */
  readonly #unreachable: ServerState[] = [];

  /** `started` is the monotonic time (performance.now) of the first byte of the request. */
  constructor(context: FrontendContext, facts: RequestFacts, carrier: Carrier, started: number) {
    const mark = performance.now();
    super(context, facts, started, mark);
    this.#carrier = carrier;
    this.#ready = mark;
    this.#assigned = mark;
    this.#mark = mark;
  }

  /** Runs the rules and acts on them. The request head is complete and valid; its body may still be coming. */
  start(): void {
    if (isMonitor(this.facts.target, this.context.config.monitorUri)) return this.#monitored();
    const decision = this.context.decide(this);
    if (decision.kind === 'backend') return this.#enter(decision.name);
    this.#settle(decision);
  }

  /** `monitor-uri`: answered before any rule and never logged (haproxy-semantics §1.19). */
  #monitored(): void {
    this.#silent = true;
    this.#respond(errorAnswer(200));
  }

  /** True once the exchange is over and logged; late reports are ignored. */
  get ended(): boolean {
    return this.#ended;
  }

  // ---- reports of the engine -------------------------------------------------------------------

  /**
   * A connection to the server is there; the request is on its way. `pooled`: it was there before, so no time passed.
   * As in HAProxy the time of connecting begins with the first attempt at this server, pauses included.
   */
  connected(pooled = false): void {
    if (!pooled) this.#mark = performance.now();
    this.connectTime = pooled ? 0 : Math.floor(this.#mark - this.#assigned);
    this.#stage = 'H';
  }

  /** The head of the final answer is complete and goes to the client. */
  answered(status: number): void {
    this.responseTime = Math.floor(performance.now() - this.#mark);
    this.status = status;
    this.#stage = 'D';
  }

  /**
   * May this answer be thrown away and the request sent again (`retry-on 503`…)? When true the engine drops the
   * answer; the next attempt has already been started.
   */
  retriesStatus(status: number, replayable: boolean): boolean {
    if (status < 400 || this.backendConfig === undefined) return false;
    const word = [...this.backendConfig.retryOn].find((one) => one === String(status));
    return word !== undefined && this.#retry(word, replayable, false);
  }

  /** The server's side is done with the request: its slot goes to the next in the queue. */
  releaseServer(): void {
    if (!this.#holding) return;
    this.#holding = false;
    this.server?.release();
  }

  /** The client has its whole answer. */
  completed(): void {
    this.#end();
  }

  /**
   * An attempt, or the exchange, went wrong. `replayable` says that the engine still holds the whole request and
   * that the server cannot have acted on it, or may act on it twice without harm.
   */
  failed(failure: Failure, replayable = false): void {
    if (this.#ended) return;
    if (this.#answering) {
      // An answer of ours that cannot be delivered: what it was about is on record already.
      this.#carrier.abort();
      return this.#end();
    }
    if (
      failure.retry !== undefined &&
      this.status === -1 &&
      this.#retry(failure.retry, replayable, failure.pause === true)
    )
      return;
    this.#fail(failure);
  }

  /**
   * A pooled connection was closed by the server just as it was taken. Not counted as a retry: the server never
   * refused anything, it only hung up first. Once per exchange, on a fresh connection, when the request is `repeatable`:
   * replayable, and of a method that may be repeated without being asked to.
   */
  staleConnection(repeatable: boolean, replayable: boolean): void {
    if (this.#ended) return;
    const server = this.server;
    if (repeatable && !this.#reuseRetried && server !== undefined && this.#holding) {
      this.#reuseRetried = true;
      this.#again(server);
      return;
    }
    this.failed(failures.serverClosed, replayable);
  }

  // ---- reports of the backend ------------------------------------------------------------------

  granted(server: ServerState): void {
    if (this.#ended) {
      server.release();
      return;
    }
    this.#assign(performance.now());
    this.#forward(server);
  }

  refused(why: 'queue-timeout' | 'no-server'): void {
    if (this.#ended) return;
    this.#assign(performance.now());
    this.#fail(why === 'queue-timeout' ? failures.queueTimeout : failures.noServer);
  }

  // ---- the steps -------------------------------------------------------------------------------

  #settle(decision: Exclude<Decision, { kind: 'backend' }>): void {
    switch (decision.kind) {
      case 'respond':
        this.termination = `${decision.state}R--`;
        return this.#respond(decision.answer);
      case 'reject':
        this.termination = 'PR--';
        this.#carrier.abort();
        return this.#end();
      case 'none':
        this.requestTime = -1;
        return this.#fail(failures.noServer);
    }
  }

  #enter(name: string): void {
    const backend = this.context.backends.get(name);
    if (backend === undefined) return this.#fail(failures.internal);
    this.backend = backend;
    this.backendConfig = backend.config;
    backend.enter();
    const decision = decideBackend(backend.config, this);
    if (decision.kind === 'respond' || decision.kind === 'reject') return this.#settle(decision);
    const last = lastStop(this.facts);
    if (last !== undefined) return this.#settle(last);
    this.#take({ prefer: this.#carrier.loggedInTo(backend) });
  }

  #take(wish: Wish): void {
    const backend = this.backend;
    if (backend === undefined) return;
    this.#stage = 'Q';
    const taken = backend.take(this, wish);
    if (taken === 'queued') return;
    if (taken === 'no-server' || taken === 'queue-full') {
      return this.#fail(taken === 'queue-full' ? failures.queueFull : failures.noServer);
    }
    this.#assign(this.retries === 0 ? this.#ready : performance.now());
    this.#forward(taken);
  }

  /** The wait for a server is over. A redispatch begins it anew: what came before counts as waiting, as in HAProxy. */
  #assign(now: number): void {
    this.#assigned = now;
    this.#mark = now;
    this.queueTime = Math.floor(now - this.#ready);
  }

  #forward(server: ServerState): void {
    if (this.server !== undefined && this.server !== server) this.redispatched = true;
    this.server = server;
    this.#holding = true;
    this.#stage = 'C';
    this.#carrier.forward(server, this.retries > 0);
  }

  /**
   * Starts another attempt if the backend's rules allow one. HAProxy: retries, redispatch, retry-on. With
   * `option redispatch` nobody insists on a server that was chosen freely: another one is asked at once. There each
   * server is asked once even beyond `retries`, as long as none could be connected to: a client never sees that one
   * server is down while another is up.
   */
  #retry(word: RetryOn, replayable: boolean, pause: boolean): boolean {
    const backend = this.backend;
    const config = this.backendConfig;
    const server = this.server;
    if (backend === undefined || config === undefined || server === undefined) return false;
    const { retries, redispatch, retryOn, timeouts } = config;
    if (!retryOn.has(word) || !(replayable || word === 'conn-failure') || retries === 0) return false;
    if (word === 'conn-failure' && !this.#unreachable.includes(server)) this.#unreachable.push(server);
    const spent = this.retries >= retries;
    if (spent && (word !== 'conn-failure' || redispatch === 0 || !backend.hasOther(this.#unreachable))) return false;
    this.retries += 1;
    this.connectTime = -1;
    const every = redispatch > 0 ? redispatch : Math.max(1, retries + 1 + redispatch);
    const due = this.retries % every === 0;
    if (redispatch !== 0 && (due || spent || backend.choosesFreely)) {
      this.#leave(server);
      return true;
    }
    this.#stage = 'C';
    this.#pause = setTimeout(
      () => {
        this.#pause = undefined;
        if (this.#ended) return;
        if (server.usable || redispatch === 0) this.#again(server);
        // It left rotation during the pause.
        else this.#leave(server);
      },
      pause ? Math.min(timeouts.connect || RETRY_PAUSE, RETRY_PAUSE) : 0,
    );
    return true;
  }

  #again(server: ServerState): void {
    this.#stage = 'C';
    this.#carrier.forward(server, true);
  }

  /** Asks another server, if there is one. */
  #leave(server: ServerState): void {
    this.releaseServer();
    this.#take({ avoid: [...this.#unreachable.filter((one) => one !== server), server] });
  }

  #fail(failure: Failure): void {
    const clientSide = failure.source === 'client' && failure.state.length === 1;
    const killed = failure.code === failures.killed.code;
    const waiting = this.#stage === 'H';
    const uploading = failure.code === failures.uploadCut.code;
    const stage = waiting && uploading ? 'D' : this.#stage;
    this.termination = `${clientSide || killed ? failure.state + stage : failure.state}--`;
    if (clientSide && this.#stage === 'Q') this.#assign(performance.now());
    if (this.status !== -1 || failure.status === 0) {
      // A client that left while it waited is logged as 400, as HAProxy does, although nothing is sent.
      if (this.status === -1 && clientSide && waiting && !uploading) this.status = 400;
      this.#carrier.abort();
      return this.#end();
    }
    this.#respond(this.#errorAnswer(failure.status));
  }

  #errorAnswer(status: number): Answer {
    const own = this.backendConfig?.errorAnswers.get(status) ?? this.context.config.errorAnswers.get(status);
    return own ?? errorAnswer(status);
  }

  #respond(answer: Answer): void {
    this.#answering = true;
    this.releaseServer();
    this.#carrier.respond(answer);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#pause !== undefined) clearTimeout(this.#pause);
    if (this.#stage === 'Q') this.backend?.forget(this);
    this.releaseServer();
    this.backend?.exit();
    this.activeTime = Math.floor(performance.now() - this.started);
    this.beconn = this.backend?.current ?? 0;
    this.srvconn = this.server?.current ?? 0;
    if (!this.#silent) this.context.log(this);
  }
}
