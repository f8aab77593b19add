import { performance } from 'node:perf_hooks';
import { requestIn } from '../http/request-in.ts';
import type { BackendState, ServerState } from '../model/backend.ts';
import type { Decision } from '../model/decision.ts';
import type { Payload, ServerEnds } from '../model/evaluation.ts';
import type { ConnectionFacts, RequestFacts } from '../model/facts.ts';
import { failures, isOrdered, type Failure } from '../model/failure.ts';
import { chosenBackend } from '../rules/chosen-backend.ts';
import { decideBackend, decideResponseContent } from '../rules/evaluate.ts';
import { noRequest } from '../sample/no-request.ts';
import { badRequest } from '../sample/words.ts';
import { notYet } from '../sample/not-yet.ts';
import * as accounts from './accounts.ts';
import { Affinity } from './affinity.ts';
import type { FrontendContext } from './context.ts';
import { ExchangeRecord } from './exchange-record.ts';
import { Placement, type Placed } from './placement.ts';
import { handOver } from './variables.ts';
import { whenResolved } from './waits.ts';

/** The stages of a session; the letter is the second one of a termination state. */
type Stage = 'R' | 'Q' | 'C' | 'D';

/** What the engine does for a session. Calls never throw and report back through the session. */
export interface StreamCarrier {
  /** Rules wait for bytes, so many milliseconds at most: then `waited`. */
  inspect(delay: number): void;
  /** Connects to this server, then calls `connected` or `failed`. */
  connect(server: ServerState): void;
  /** The bytes of the client are requests: they belong to an engine that reads them. */
  upgrade(connection: ConnectionFacts): void;
  /** Closes the connection to the server, whose client gets what has come. */
  hangUp(): void;
  /** Ends both sides at once. */
  abort(): void;
}

/** Text of one side's bytes that rules may look at, in bytes (HAProxy: tune.bufsize). */
export const PAYLOAD_LIMIT = 16_384;

const NOTHING: Payload = { text: '', complete: false };
const NOTHING_MORE: Payload = { text: '', complete: true };

/**
 * The conductor of one connection in mode tcp. Read it from top to bottom: decide → place → carry → end. Rules may wait for the
 * first bytes of either side; every failure goes through `failed`, and the only loop is a retry. It is long because this order is
 * what it is for.
 */
export class Session extends ExchangeRecord implements Placed {
  payload: Payload;
  received: Payload | undefined = undefined;
  readonly stream = true;
  readonly #carrier: StreamCarrier;
  readonly #accepted: number;
  /** Goes on with rules that wait for bytes of this side. */
  #resume: (() => void) | undefined = undefined;
  #waitsFor: 'client' | 'server' = 'client';
  /** No more can come of the client for rules to look at: it has ended, or the buffer is full. */
  #all = false;
  /** The request in a payload, which several rules ask for. */
  #found: { readonly payload: Payload; readonly request: ReturnType<typeof requestIn> } | undefined = undefined;
  #assigned: number;
  #stage: Stage = 'R';
  #ended = false;
  #logged = false;

  constructor(context: FrontendContext, connection: ConnectionFacts, carrier: StreamCarrier) {
    const now = performance.now();
    super(context, noRequest(connection), now, now);
    this.#carrier = carrier;
    this.#accepted = now;
    this.#assigned = now;
    this.requestTime = -1;
    this.payload = context.config.inspectDelay === 0 ? NOTHING_MORE : NOTHING;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Rules wait for bytes of the client. */
  get inspecting(): boolean {
    return this.#resume !== undefined && this.#waitsFor === 'client';
  }

  /** Rules wait for bytes of the server: none may go to the client. */
  get answering(): boolean {
    return this.#resume !== undefined && this.#waitsFor === 'server';
  }

  override get requestLine(): string {
    return badRequest;
  }

  /** The request that the bytes of the client begin with, for rules that look for one. */
  override get request(): RequestFacts {
    const { facts, payload } = this;
    if (this.#found?.payload !== payload)
      this.#found = { payload, request: requestIn(payload.text, this.connection, this.context.global) };
    const { request } = this.#found;
    if (request !== 'more') return request ?? facts;
    if (!payload.complete) throw notYet;
    return facts;
  }

  start(): void {
    this.#decided(this.context.decide(this));
  }

  // ---- decide: apply the rules, as far as the bytes of the client allow -------------------------

  /** The client has sent so much; `complete`: nothing more comes, or fits. */
  inspected(text: string, complete: boolean): void {
    this.#all ||= complete || text.length >= PAYLOAD_LIMIT;
    this.payload = { text, complete: this.payload.complete || this.#all };
    if (this.inspecting) this.#goOn();
  }

  /** The time of the rules for bytes is over. */
  waited(): void {
    if (this.inspecting) this.payload = { ...this.payload, complete: true };
    else if (this.received !== undefined) this.received = { ...this.received, complete: true };
    this.#goOn();
  }

  #goOn(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  #wait(side: 'client' | 'server', delay: number, resume: () => void): void {
    if (this.lookingUp) return whenResolved(this, resume);
    this.#waitsFor = side;
    this.#resume = resume;
    this.#carrier.inspect(delay);
  }

  #decided(decision: Decision): void {
    if (this.#ended) return;
    const { config } = this.context;
    if (decision.kind === 'wait')
      return this.#wait('client', config.inspectDelay, () => this.#decided(decision.resume()));
    if (decision.kind === 'http') return this.#upgrade();
    if (decision.kind !== 'backend') return this.#settle(decision);
    const backend = chosenBackend(decision, this.context);
    if (backend === undefined) return this.#fail(failures.noServer);
    if (backend.config.mode === 'http') return this.#upgrade(backend.config.name);
    this.backend = backend;
    this.backendConfig = backend.config;
    backend.enter();
    accounts.countEntered(this, performance.now());
    if (backend.config.persistence !== undefined) this.affinity = new Affinity(backend, backend.config, this);
    const { contentRules, inspectDelay } = backend.config;
    if (contentRules.length === 0) return this.#place(backend);
    this.payload = { ...this.payload, complete: this.#all || inspectDelay === 0 };
    this.#admitted(backend, decideBackend(backend.config, this));
  }

  /** As in HAProxy what comes after the rules on the bytes of a connection looks at what has come. */
  contentJudged(): void {
    if (!this.payload.complete) this.payload = { ...this.payload, complete: true };
  }

  #admitted(backend: BackendState, decision: Decision): void {
    if (this.#ended) return;
    if (decision.kind === 'wait')
      return this.#wait('client', backend.config.inspectDelay, () => this.#admitted(backend, decision.resume()));
    if (decision.kind !== 'none' && decision.kind !== 'backend') return this.#settle(decision);
    this.#place(backend);
  }

  /** No server is needed. */
  #settle(decision: Decision): void {
    if (decision.kind === 'none') return this.#fail(failures.noServer);
    accounts.countRejected(this, decision.kind === 'reject' ? decision.by : undefined);
    this.termination = 'PR--';
    this.#carrier.abort();
    this.#end();
  }

  /** Its requests are logged and counted, not this. What it is tracked by is the connection's from now on. */
  #upgrade(backend?: string): void {
    this.#ended = true;
    const tracking = this.keepTracking();
    const { connection } = this;
    const known = { ...connection, ...(tracking === undefined ? {} : { tracking }), backend };
    handOver(connection, known);
    this.#carrier.upgrade(known);
  }

  // ---- place: choose a server, at once or after queueing ---------------------------------------

  #place(backend: BackendState): void {
    this.placement = new Placement(backend, backend.config, this.facts, this, this);
    if (this.steered !== undefined) this.placement.prioritize(this.steered);
    this.placement.take({}, this.affinity?.choose(this));
  }

  waiting(): void {
    this.#stage = 'Q';
  }

  place(server: ServerState): void {
    this.#assigned = performance.now();
    this.queueTime = Math.floor(this.#assigned - this.#accepted);
    this.again(server);
  }

  again(server: ServerState): void {
    accounts.countPlaced(this, server, performance.now());
    this.#stage = 'C';
    this.#carrier.connect(server);
  }

  shutdown(why: 'down' | 'up'): void {
    this.failed(why === 'down' ? failures.serverMarkedDown : failures.serverMarkedUp);
  }

  unplaced(failure: Failure, waited: boolean): void {
    if (waited) this.#queued();
    this.#fail(failure);
  }

  // ---- carry: bytes both ways ------------------------------------------------------------------

  connected(link: ServerEnds): void {
    this.noteServer(link);
    this.connectTime = Math.floor(performance.now() - this.#assigned);
    this.#stage = 'D';
    const { backendConfig, context } = this;
    if (context.config.logAsap) this.#log();
    if (backendConfig === undefined || backendConfig.responseContentRules.length === 0) return this.#answered();
    this.received = backendConfig.answerDelay === 0 ? NOTHING_MORE : NOTHING;
    this.#judged(decideResponseContent(backendConfig, this));
  }

  /** The server has sent so much; `complete`: nothing more comes, or fits. */
  answered(text: string, complete: boolean): void {
    this.received = { text, complete: complete || text.length >= PAYLOAD_LIMIT };
    if (this.answering) this.#goOn();
  }

  #judged(decision: Decision | undefined): void {
    if (this.#ended) return;
    if (decision?.kind === 'wait')
      return this.#wait('server', this.backendConfig?.answerDelay ?? 0, () => this.#judged(decision.resume()));
    if (decision === undefined || decision.kind === 'none') return this.#answered();
    if (decision.kind === 'respond') return this.#carrier.hangUp();
    accounts.countReplaced(this, 'P');
    this.termination = 'PD--';
    this.#carrier.abort();
    this.#end();
  }

  /** Rules read nothing more of what the server sends. */
  #answered(): void {
    if (this.received !== undefined) this.received = { ...this.received, complete: true };
    if (this.server !== undefined) this.affinity?.stuck(this, this.server);
  }

  /** A connection attempt, or the session, failed. */
  failed(failure: Failure): void {
    if (this.#ended) return;
    const { server } = this;
    const connecting = this.#stage === 'C' && failure.retry === 'conn-failure';
    if (connecting && this.placement?.retry('conn-failure', true, failure.pause === true) === true) {
      accounts.countRetry(this, server, this.server !== server);
      return;
    }
    if (this.#stage === 'Q') this.#queued();
    this.#fail(failure);
  }

  #queued(): void {
    this.queueTime = Math.floor(performance.now() - this.#accepted);
  }

  // ---- end: counted and logged once ------------------------------------------------------------

  /** Both sides have ended in good order. */
  completed(): void {
    this.#end();
  }

  #fail(failure: Failure): void {
    const stage = this.#stage === 'D' && isOrdered(failure) ? '-' : this.#stage;
    accounts.countFailure(this, failure, stage);
    const { state } = failure;
    this.termination = `${state.length === 1 ? state + stage : state}--`;
    this.#carrier.abort();
    this.#end();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#resume = undefined;
    this.backend?.exit();
    this.finish(performance.now());
    // As in HAProxy the line is about the others: this one has left, and none has taken its place.
    if (this.placement?.holding === true) this.srvconn -= 1;
    this.placement?.end();
    accounts.countStreamEnd(this);
    this.#log();
    this.untrack();
  }

  /** With `option logasap` when the server is connected, else at the end. */
  #log(): void {
    if (this.#logged) return;
    const { config } = this.context;
    // `option dontlognull`: whatever became of it, a client that sent nothing gets no line.
    if (config.dontLogNull && this.bytesFromClient === 0 && this.payload.text === '') return;
    if (!this.#ended) this.finish(performance.now());
    this.#logged = true;
    this.context.log(this, () => this);
  }
}
