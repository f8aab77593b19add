import { performance } from 'node:perf_hooks';
import { lastStop } from '../http/max-forwards.ts';
import type { Answer } from '../model/answer.ts';
import type { BackendState } from '../model/backend.ts';
import type { Decision } from '../model/decision.ts';
import { failures, type Failure } from '../model/failure.ts';
import type { Proxy } from '../model/snapshot.ts';
import { chosenBackend } from '../rules/chosen-backend.ts';
import { decideBackend } from '../rules/evaluate.ts';
import { countEntered, countRejected, countSettled, countUnread } from './accounts.ts';
import { Affinity } from './affinity.ts';
import { captureRequestCookie } from './capture.ts';
import type { Carrier } from './carrier.ts';
import { chooseCompression } from './compressing.ts';
import { serve } from './serve.ts';
import { addUniqueId } from './unique-id.ts';
import { tarpit, clearRequestTime, whenAnswered, whenKnown, type Waiting } from './waits.ts';

/** An exchange whose rules are being read. */
export interface Undecided extends Waiting {
  /** When the request was complete. Monotonic milliseconds, as `complete` gets them. */
  readonly ready: number;
  /** It was complete only now: rules waited for its body, or for what they asked others. */
  complete(now: number): void;
  /** Where its client waits before it is refused. */
  tarpit: NodeJS.Timeout | undefined;
  /** It is answered here. */
  answer(answer: Answer): void;
  /** It is refused without a byte; `state` is the termination state's two letters. */
  drop(state: string): void;
  fail(failure: Failure): void;
  /** It needs a server of this backend. */
  needServer(backend: BackendState): void;
}

/** Reads the rules of the frontend, then those of the backend that they choose. The exchange is settled then, or needs a server. */
export function decide(exchange: Undecided, carrier: Carrier): void {
  const { context } = exchange;
  if (context.config.bufferRequest) return decideBuffered(exchange, carrier);
  decided(exchange, carrier, context.decide(exchange));
}

// What makes a closure is a function of its own here: elsewhere what it holds would be allocated for each request.

function decideBuffered(exchange: Undecided, carrier: Carrier): void {
  const { context } = exchange;
  buffered(exchange, carrier, context.config, () => decided(exchange, carrier, context.decide(exchange)));
}

/** What the rules of the frontend say. */
function decided(exchange: Undecided, carrier: Carrier, decision: Decision): void {
  hint(exchange, carrier);
  if (decision.kind === 'wait') return decidedLater(exchange, carrier, decision.resume);
  if (decision.kind !== 'backend') return settle(exchange, carrier, decision);
  const backend = chosenBackend(decision, exchange.context);
  if (backend === undefined) return settle(exchange, carrier, { kind: 'none' });
  enter(exchange, backend);
  if (backend.config.bufferRequest) return decideThereBuffered(exchange, carrier, backend);
  decidedThere(exchange, carrier, backend, decideBackend(backend.config, exchange));
}

function decidedLater(exchange: Undecided, carrier: Carrier, resume: () => Decision): void {
  waited(exchange, carrier, () => decided(exchange, carrier, resume()));
}

function decideThereBuffered(exchange: Undecided, carrier: Carrier, backend: BackendState): void {
  const { config } = backend;
  buffered(exchange, carrier, config, () => decidedThere(exchange, carrier, backend, decideBackend(config, exchange)));
}

function enter(exchange: Undecided, backend: BackendState): void {
  exchange.backend = backend;
  exchange.backendConfig = backend.config;
  backend.enter();
  countEntered(exchange, exchange.ready);
  if (backend.config.persistence !== undefined) exchange.affinity = new Affinity(backend, backend.config, exchange);
}

/** What the rules of the backend say. */
function decidedThere(exchange: Undecided, carrier: Carrier, backend: BackendState, own: Decision): void {
  hint(exchange, carrier);
  if (own.kind === 'wait') return decidedThereLater(exchange, carrier, backend, own.resume);
  if (own.kind !== 'none' && own.kind !== 'backend') return settle(exchange, carrier, own);
  const asking = exchange.affinity?.asking(exchange);
  if (asking !== undefined) return decidedThereWhenAnswered(exchange, carrier, backend, own, asking);
  addUniqueId(exchange);
  captureRequestCookie(exchange.captures, exchange.facts);
  const last = lastStop(exchange.facts);
  if (last !== undefined) return settle(exchange, carrier, last);
  const { compression } = exchange.context.config;
  if (compression !== undefined || backend.config.compression !== undefined) chooseCompression(exchange);
  if (backend.config.balancesPosts === true && exchange.facts.method === 'POST')
    return needsServerBuffered(exchange, carrier, backend);
  exchange.needServer(backend);
}

function needsServerBuffered(exchange: Undecided, carrier: Carrier, backend: BackendState): void {
  buffered(exchange, carrier, backend.config, () => exchange.needServer(backend));
}

function decidedThereLater(exchange: Undecided, carrier: Carrier, backend: BackendState, resume: () => Decision): void {
  waited(exchange, carrier, () => decidedThere(exchange, carrier, backend, resume()));
}

function decidedThereWhenAnswered(
  exchange: Undecided,
  carrier: Carrier,
  backend: BackendState,
  own: Decision,
  asking: Promise<void>,
): void {
  whenAnswered(exchange, asking, () => decidedThere(exchange, carrier, backend, own));
}

/** No server is needed. */
function settle(
  exchange: Undecided,
  carrier: Carrier,
  decision: Exclude<Decision, { kind: 'backend' | 'wait' }>,
): void {
  switch (decision.kind) {
    case 'respond':
      countSettled(exchange, decision);
      exchange.termination = `${decision.state}R--`;
      if (decision.state === 'P') denied(exchange);
      return exchange.answer(decision.answer);
    case 'service':
      return serve(exchange, carrier, decision.service, (answer) => exchange.answer(answer));
    case 'tarpit':
      captureRequestCookie(exchange.captures, exchange.facts);
      exchange.tarpit = tarpit(exchange, () => exchange.answer(decision.answer));
      return;
    case 'reject':
      countRejected(exchange, decision.by);
      if (isContentRule(exchange)) unread(exchange);
      clearRequestTime(exchange);
      return exchange.drop('PR');
    case 'http':
    case 'none':
      captureRequestCookie(exchange.captures, exchange.facts);
      clearRequestTime(exchange);
      return exchange.fail(failures.noServer);
  }
}

/** The rule that ended it is a `tcp-request content` of the frontend. */
function isContentRule({ context, lastRule }: Undecided): boolean {
  return context.config.contentRules.some(({ at }) => at === lastRule);
}

function unread(exchange: Undecided): void {
  countUnread(exchange);
  exchange.unread = true;
  exchange.captures?.request.fill(undefined);
}

function denied(exchange: Undecided): void {
  captureRequestCookie(exchange.captures, exchange.facts);
  exchange.affinity?.readCookies(exchange);
}

/** `option http-buffer-request`: rules are read when the body is here. */
function buffered(exchange: Undecided, carrier: Carrier, { timeouts }: Proxy, go: () => void): void {
  const { httpRequest } = exchange.context.config.timeouts;
  exchange.bodyWait = { time: timeouts.httpRequest || httpRequest, atLeast: 0 };
  waited(exchange, carrier, go);
}

/** Goes on when what the rules stopped for is known. As in HAProxy the request is complete only then. */
function waited(exchange: Undecided, carrier: Carrier, resume: () => void): void {
  const forBody = exchange.bodyWait !== undefined;
  whenKnown(exchange, carrier, () => {
    if (forBody) exchange.complete(performance.now());
    resume();
  });
}

/** `early-hint`: what rules had to say before the response. */
function hint({ steered }: Undecided, carrier: Carrier): void {
  if (steered === undefined || steered.hints.length === 0) return;
  const { hints } = steered;
  steered.hints = [];
  for (const fields of hints) carrier.hint(fields);
}
