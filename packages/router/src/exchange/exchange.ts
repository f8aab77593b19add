import { performance } from 'node:perf_hooks';
import type { Answer } from '../model/answer.ts';
import type { BackendState, ServerState } from '../model/backend.ts';
import type { BodySource, RequestFacts } from '../model/facts.ts';
import { failures, isOrdered, retryWord, type Failure } from '../model/failure.ts';
import type { HeadEdits } from '../http/head-edits.ts';
import type { ServerEnds } from '../model/evaluation.ts';
import type { WireResponse } from '../http/response-facts.ts';
import * as accounts from './accounts.ts';
import { errorPage, judgeAnswer, lastWord, monitorPage, type Judgement } from './answer-rules.ts';
import { captureResponse } from './capture.ts';
import { decide, type Undecided } from './decide.ts';
import type { Carrier, Verdict } from './carrier.ts';
import type { FrontendContext } from './context.ts';
import { ExchangeRecord, type Stage } from './exchange-record.ts';
import { isMonitor } from './monitor.ts';
import { steeredBackend } from './steered.ts';
import { observed, observedFailure } from './observed.ts';
import { Placement, type Placed } from './placement.ts';
import { introduce, serverRedirect } from './server-words.ts';

/**
 * The conductor of one HTTP request and its response. Read it from top to bottom: decide → place → forward → answer → end. Every failure
 * goes through `failed`; the only loop is a retry, which places the request again. It is long because this order is what it is for.
 */
export class Exchange extends ExchangeRecord implements Undecided, Placed {
  /** The edits of rules to the server's response. */
  answerEdits: HeadEdits | undefined = undefined;
  readonly #carrier: Carrier;
  /** When the request was complete. */
  #ready: number;
  /** When a server was last chosen: after queueing, before the attempts to connect to it. */
  #assigned: number;
  /** When the last timed step ended. */
  #mark: number;
  #stage: Stage = 'R';
  tarpit: NodeJS.Timeout | undefined = undefined;
  /** The exchange is over and logged; late reports are ignored. */
  ended = false;
  #silent = false;
  #answering = false;
  #reuseRetried = false;
  /** Goes on with the rules on the response, which wait for its body. */
  #resume: (() => Judgement) | undefined = undefined;
  #tunnel = false;

  /** Monotonic times (performance.now): `started` of the first byte of the request, `complete` of the last one of its head, by default now. */
  constructor(context: FrontendContext, facts: RequestFacts, carrier: Carrier, started: number, complete?: number) {
    const ready = complete ?? performance.now();
    super(context, facts, started, ready);
    this.#carrier = carrier;
    this.#ready = ready;
    this.#assigned = ready;
    this.#mark = ready;
  }

  /** Starts the exchange. The request head is complete and valid; its body may still be arriving. */
  start(): void {
    accounts.countRequest(this, this.headBytes, this.#ready);
    // `monitor-uri`: answered before any rule and never logged (haproxy-semantics §1.19).
    this.#silent = isMonitor(this.facts, this.context.config.monitorUri);
    if (!this.#silent) return decide(this, this.#carrier);
    accounts.countSettled(this, { state: 'L' });
    this.answer(monitorPage(this));
  }

  // ---- decide: apply the rules (decide.ts) ------------------------------------------------------

  get ready(): number {
    return this.#ready;
  }

  complete(now: number): void {
    this.#ready = now;
    this.#assigned = now;
    this.#mark = now;
    this.requestTime = Math.floor(now - this.started);
  }

  needServer(backend: BackendState): void {
    const { steered } = this;
    const config = steered === undefined ? backend.config : steeredBackend(backend.config, steered);
    this.backendConfig = config;
    this.placement = new Placement(backend, config, this.facts, this, this);
    if (steered !== undefined) this.placement.prioritize(steered);
    this.placement.take({ prefer: this.#carrier.preferred(backend) }, this.affinity?.choose(this));
  }

  drop(state: string): void {
    this.termination = `${state}--`;
    this.#carrier.abort();
    this.#end();
  }

  // ---- place: choose a server, at once or after queueing ---------------------------------------

  waiting(): void {
    this.#stage = 'Q';
  }

  place(server: ServerState, now: boolean): void {
    const time = now ? this.#ready : performance.now();
    this.#assign(time);
    accounts.countPlaced(this, server, time);
    const elsewhere = serverRedirect(server, this);
    if (elsewhere !== undefined) return this.answer(elsewhere);
    this.#forward(server, this.retries > 0);
  }

  again(server: ServerState): void {
    accounts.countPlaced(this, server, performance.now());
    this.#forward(server, true);
  }

  shutdown(why: 'down' | 'up'): void {
    this.#carrier.kill(why === 'down' ? failures.serverMarkedDown : failures.serverMarkedUp);
  }

  unplaced(failure: Failure, waited: boolean): void {
    if (waited) this.#assign(performance.now());
    this.fail(failure);
  }

  /** A server was chosen. After a redispatch, everything before counts as waiting, as in HAProxy. */
  #assign(now: number): void {
    this.#assigned = now;
    this.#mark = now;
    this.queueTime = Math.floor(now - this.#ready);
  }

  // ---- forward: the carrier sends the request and reports --------------------------------------

  #forward(server: ServerState, fresh: boolean): void {
    this.#stage = 'C';
    introduce(server, this);
    this.#carrier.forward(server, fresh);
  }

  /**
   * The connection to the server is established and the request is being sent. `pooled`: it existed before, so connecting took no time.
   * As in HAProxy, the connect time starts with the first attempt at this server, pauses included.
   */
  connected(pooled: boolean, link: ServerEnds): void {
    this.noteServer(link);
    if (!pooled) this.#mark = performance.now();
    if (!pooled) observed(this, 'connected');
    this.connectTime = pooled ? 0 : Math.floor(this.#mark - this.#assigned);
    this.#stage = 'H';
  }

  /**
   * The server closed a pooled connection just as it was taken. It refused nothing, so this is no retry. At most once per exchange, on a
   * fresh connection, when the request is `repeatable`: replayable, with a method that may be repeated automatically.
   */
  staleConnection(repeatable: boolean, replayable: boolean): void {
    if (this.ended) return;
    const { placement } = this;
    if (repeatable && !this.#reuseRetried && placement?.holding === true && placement.server !== undefined) {
      this.#reuseRetried = true;
      return this.#forward(placement.server, true);
    }
    this.failed(failures.serverClosed, replayable);
  }

  /**
   * An attempt, or the exchange, failed. `replayable`: the engine still holds the complete request, and
   * the server cannot have acted on it, or may safely act on it twice.
   */
  failed(failure: Failure, replayable = false): void {
    if (this.ended) return;
    if (this.#answering) {
      this.#carrier.abort();
      return this.#end();
    }
    if (this.tarpit !== undefined) return this.drop('PT');
    observedFailure(this, failure);
    const { retry, pause } = failure;
    if (retry !== undefined && this.status === -1 && this.#retried(retry, replayable, pause === true)) return;
    this.fail(failure);
  }

  #retried(...how: Parameters<Placement['retry']>): boolean {
    const { connectTime, server } = this;
    const stage = this.#stage;
    this.connectTime = -1;
    this.#stage = 'C';
    if (this.placement?.retry(...how) === true) {
      accounts.countRetry(this, server, this.server !== server);
      return true;
    }
    this.connectTime = connectTime;
    this.#stage = stage;
    return false;
  }

  // ---- answer: the server's response, or a generated one ---------------------------------------

  /**
   * The head of a final response is complete. With `pass` it is forwarded; otherwise the engine drops it: the next attempt
   * has already begun (`retry`: `retry-on 503`…), or another answer is being sent (`replace`), or rules wait for its body (`wait`).
   * `body`: what has come of that.
   */
  answered(head: WireResponse['head'], replayable: boolean, body: BodySource): Verdict {
    const { status } = head;
    const word = status < 400 ? undefined : retryWord(status, this.backendConfig?.retryOn);
    if (word !== undefined && this.#retried(word, replayable, false)) return 'retry';
    this.responseTime = Math.floor(performance.now() - this.#mark);
    this.tally?.answered(status);
    if (this.captures !== undefined) captureResponse(this.captures, head.fields);
    return this.#verdict(judgeAnswer(this, head, body), status);
  }

  /** As much of the body of the response is here as rules wanted. */
  judged(): Verdict {
    const resume = this.#resume;
    this.#resume = undefined;
    return resume === undefined || this.ended ? 'replace' : this.#verdict(resume(), this.response?.status ?? -1);
  }

  #verdict(judged: Judgement | undefined, status: number): Verdict {
    if (judged?.kind === 'wait') {
      this.#resume = judged.resume;
      return 'wait';
    }
    if (judged?.kind === 'replace') {
      accounts.countReplaced(this, judged.state);
      this.termination = `${judged.state}H--`;
      this.answer(judged.answer);
      return 'replace';
    }
    if (judged?.kind === 'drop') {
      this.drop(judged.state);
      return 'replace';
    }
    this.answerEdits = judged?.edits;
    this.status = this.answerEdits?.status ?? status;
    this.#stage = 'D';
    if (this.early) this.#log();
    return 'pass';
  }

  /** A tunnel is open: what follows is bytes. */
  tunnelled(): void {
    this.#tunnel = true;
    accounts.countTunnel(this, 1);
  }

  /** An announced response could not be sent after all: treat it as if none had arrived. */
  unanswered(): void {
    this.status = -1;
    this.responseTime = -1;
    this.#stage = 'H';
  }

  /** Sends a generated answer, after the `http-after-response` rules. */
  answer(plain: Answer): void {
    const answer = lastWord(this, plain);
    this.#answering = true;
    this.status = answer.logged ?? answer.status;
    this.placement?.end(); // Stops all attempts and waiting.
    if (answer.nothing !== true) return this.#carrier.respond(answer);
    this.#carrier.abort();
    this.#end();
  }

  /** The server has finished with the request: its slot goes to the next in the queue. */
  releaseServer(): void {
    this.placement?.release();
  }

  // ---- end: counted and logged once ------------------------------------------------------------

  /** The client has received the complete response. */
  completed(): void {
    this.#end();
  }

  /** No attempts are left: an error page while nothing was sent, else the end of the connection. */
  fail(failure: Failure): void {
    const clientSide = failure.source === 'client' && failure.state.length === 1;
    const waiting = this.#stage === 'H';
    const uploading = failure.code === failures.uploadCut.code;
    const reached = waiting && uploading ? 'D' : this.#stage;
    const stage = this.#tunnel && isOrdered(failure) ? '-' : reached;
    accounts.countFailure(this, failure, stage);
    this.termination = `${failure.state.length === 1 ? failure.state + stage : failure.state}--`;
    if (clientSide && this.#stage === 'Q') this.#assign(performance.now());
    // As HAProxy logs them: a request that did not come in time, a response whose body did not.
    if (clientSide && this.#stage === 'R')
      this.requestTime = failure.status === 408 ? -1 : Math.floor(performance.now() - this.started);
    if (failure.code === failures.serverBodySlow.code) this.responseTime = -1;
    if (this.status !== -1 || failure.status === 0) {
      // A client that left while it waited is logged as 400, as HAProxy does, although nothing is sent.
      if (this.status === -1 && clientSide && waiting && !uploading) this.status = 400;
      this.#carrier.abort();
      return this.#end();
    }
    this.answer(errorPage(this, failure.status));
  }

  #end(): void {
    if (this.ended) return;
    this.ended = true;
    if (this.tarpit !== undefined) clearTimeout(this.tarpit);
    this.placement?.end();
    this.backend?.exit();
    this.#log();
    accounts.countEnd(this);
    if (this.#tunnel) accounts.countTunnel(this, -1);
    this.untrack();
  }

  /** Writes the log line, once: at the end, or when the response begins (`option logasap`). */
  #log(): void {
    this.finish(performance.now());
    if (!this.#silent) this.context.log(this, () => this);
    this.#silent = true;
  }
}
