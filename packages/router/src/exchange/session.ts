import { performance } from 'node:perf_hooks';
import type { ServerEnds } from '../model/evaluation.ts';
import type { BackendState, ServerState } from '../model/backend.ts';
import type { Decision } from '../model/decision.ts';
import type { Payload } from '../model/evaluation.ts';
import type { ConnectionFacts } from '../model/facts.ts';
import { failures, type Failure } from '../model/failure.ts';
import { decideBackend } from '../rules/evaluate.ts';
import { noRequest } from '../sample/no-request.ts';
import * as accounts from './accounts.ts';
import { Affinity } from './affinity.ts';
import type { FrontendContext } from './context.ts';
import { ExchangeRecord } from './exchange-record.ts';
import { Placement, type Placed } from './placement.ts';
import { whenResolved } from './waits.ts';

/** The stages of a session; the letter is the second one of a termination state. */
type Stage = 'R' | 'Q' | 'C' | 'D';

/** What the engine does for a session. Calls never throw and report back through the session. */
export interface StreamCarrier {
  /** Connects to this server, then calls `connected` or `failed`. */
  connect(server: ServerState): void;
  /** Ends both sides at once. */
  abort(): void;
}

/** Text of the client's bytes that rules may look at, in bytes (HAProxy: tune.bufsize). */
export const PAYLOAD_LIMIT = 16_384;

/**
 * The conductor of one connection in mode tcp. Read it from top to bottom: decide → place → carry → end. Rules may wait for the
 * client's first bytes; every failure goes through `failed`, and the only loop is a retry.
 */
export class Session extends ExchangeRecord implements Placed {
  payload: Payload;
  readonly stream = true;
  readonly #carrier: StreamCarrier;
  readonly #accepted: number;
  #resume: (() => Decision) | undefined = undefined;
  #assigned: number;
  #stage: Stage = 'R';
  #ended = false;

  constructor(context: FrontendContext, connection: ConnectionFacts, carrier: StreamCarrier) {
    const now = performance.now();
    super(context, noRequest(connection), now, now);
    this.#carrier = carrier;
    this.#accepted = now;
    this.#assigned = now;
    this.requestTime = -1;
    this.payload = { text: '', complete: context.config.inspectDelay === 0 };
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Rules wait for bytes of the client. */
  get inspecting(): boolean {
    return this.#resume !== undefined;
  }

  override get requestLine(): string {
    return '<BADREQ>';
  }

  start(): void {
    this.#decided(this.context.decide(this));
  }

  // ---- decide: apply the rules, as far as the bytes of the client allow -------------------------

  /** The client has sent more, or nothing more is waited for. */
  inspected(text: string, complete: boolean): void {
    this.payload = { text, complete: this.payload.complete || complete || text.length >= PAYLOAD_LIMIT };
    const resume = this.#resume;
    if (resume === undefined) return;
    this.#resume = undefined;
    this.#decided(resume());
  }

  #decided(decision: Decision): void {
    if (this.#ended) return;
    if (decision.kind === 'wait') {
      if (this.lookingUp) whenResolved(this, () => this.#decided(decision.resume()));
      else this.#resume = decision.resume;
      return;
    }
    // Whatever is asked from now on is answered with what has come.
    this.payload = { ...this.payload, complete: true };
    if (decision.kind !== 'backend') return this.#settle(decision);
    const { backends, config } = this.context;
    const backend = backends.get(decision.name) ?? backends.get(config.defaultBackend ?? '');
    if (backend === undefined) return this.#fail(failures.noServer);
    this.backend = backend;
    this.backendConfig = backend.config;
    backend.enter();
    accounts.countEntered(this, performance.now());
    if (backend.config.persistence !== undefined) this.affinity = new Affinity(backend, backend.config, this);
    const own = decideBackend(backend.config, this);
    if (own.kind !== 'none' && own.kind !== 'backend') return this.#settle(own);
    this.#place(backend);
  }

  /** No server is needed. */
  #settle(decision: Decision): void {
    if (decision.kind === 'none') return this.#fail(failures.noServer);
    accounts.countSettled(this, { state: 'P', erred: false });
    this.termination = 'PR--';
    this.#carrier.abort();
    this.#end();
  }

  // ---- place: choose a server, at once or after queueing ---------------------------------------

  #place(backend: BackendState): void {
    this.placement = new Placement(backend, backend.config, this.facts, this);
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
    if (waited) this.queueTime = Math.floor(performance.now() - this.#accepted);
    this.#fail(failure);
  }

  // ---- carry: bytes both ways ------------------------------------------------------------------

  connected(link: ServerEnds): void {
    this.reached(link);
    this.connectTime = Math.floor(performance.now() - this.#assigned);
    this.#stage = 'D';
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
    this.#fail(failure);
  }

  // ---- end: counted and logged once ------------------------------------------------------------

  /** Both sides have ended in good order. */
  completed(): void {
    this.#end();
  }

  #fail(failure: Failure): void {
    accounts.countFailure(this, failure, this.#stage);
    const { state } = failure;
    this.termination = `${state.length === 1 ? state + this.#stage : state}--`;
    this.#carrier.abort();
    this.#end();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#resume = undefined;
    this.placement?.end();
    this.backend?.exit();
    this.finish(performance.now());
    accounts.countStreamEnd(this);
    // `option dontlognull`: whatever became of it, a client that sent nothing gets no line.
    const silent = this.bytesFromClient === 0 && this.payload.text === '';
    if (!silent || !this.context.config.dontLogNull) this.context.log(this, () => this);
    this.untrack();
  }
}
