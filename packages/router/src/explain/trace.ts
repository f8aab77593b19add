/** How the rules decide one request, as data: `explain` prints it as text or JSON. Pure, and never run for traffic. Long: it names every step. */
import { createBackend } from '../backend/runtime.ts';
import { Affinity } from '../exchange/affinity.ts';
import type { Position } from '@headgate/shared/config/raw';
import type { Backend, Frontend, Proxy, RequestRule, Snapshot } from '../model/snapshot.ts';
import type { Service } from '../model/service.ts';
import type { Evaluation } from '../model/evaluation.ts';
import type { ConnectionFacts } from '../model/facts.ts';
import { isWebSocket } from '../http/switching.ts';
import { describeLimits, webSocketLimits, type WebSocketLimits } from '../model/web-socket.ts';
import { noRequest } from '../sample/no-request.ts';
import type { BackendState } from '../model/backend.ts';
import type { Decision } from '../model/decision.ts';
import { replaced } from '../rules/evaluate.ts';
import { traceResponse, type GivenResponse } from './response.ts';
import { traceAct, traceRule, type AnyRule, type TracedRule } from './traced-rule.ts';

/** A server the backend may choose. */
export interface TracedServer {
  readonly name: string;
  /** `host:port`, or the path of a unix socket. */
  readonly address: string;
  readonly backup: boolean;
  readonly disabled: boolean;
}

/** How a stage ended. Which of several servers is chosen depends on their state and load, and is known only at run time. */
export type Outcome =
  | { readonly kind: 'closed'; readonly reason: string }
  | { readonly kind: 'response'; readonly status: number; readonly reason: string; readonly location?: string }
  | { readonly kind: 'backend'; readonly backend: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'service'; readonly service: string }
  | {
      readonly kind: 'servers';
      readonly balance: string;
      readonly servers: readonly TracedServer[];
      /** What rules changed in the request: `target /b`, `+ X-A: b` (added), `- x-a: b` (removed), `= x-a: c` (another value). */
      readonly edits: readonly string[];
      /** What its cookie, or a rule on servers, says of this client; absent where the backend has neither. */
      readonly sticky?: string;
      /** Of a WebSocket: what it may carry. */
      readonly limits?: string;
    }
  | {
      /** A response of the server goes to the client. */
      readonly kind: 'passed';
      readonly status: number;
      /** What rules and the cookie of the backend changed in its head. */
      readonly edits: readonly string[];
    };

/** The rules of a frontend or a backend, up to the one that ended the evaluation. */
export interface Stage {
  readonly kind: 'frontend' | 'backend' | 'response';
  readonly name: string;
  readonly at: Position;
  readonly rules: readonly TracedRule[];
  readonly outcome: Outcome;
}

/** The path of a request through a frontend and, if it reaches one, a backend; and of the response that is given. */
export function trace(snapshot: Snapshot, frontend: Frontend, on: Evaluation, given?: GivenResponse): readonly Stage[] {
  const { name, at } = frontend;
  const { rules, closed } = connectionRules(frontend, on);
  if (closed !== undefined) return [{ kind: 'frontend', name, at, rules, outcome: { kind: 'closed', reason: closed } }];
  const decision = frontRules(frontend, on, rules) ?? useBackends(snapshot, frontend, on, rules);
  const first: Stage = { kind: 'frontend', name, at, rules, outcome: outcomeOf(decision) };
  const backend = decision.kind === 'backend' ? snapshot.backends.get(decision.name) : undefined;
  return backend === undefined ? [first] : [first, ...backendStages(frontend, backend, on, given)];
}

function backendStages(
  frontend: Frontend,
  backend: Backend,
  on: Evaluation,
  given: GivenResponse | undefined,
): readonly Stage[] {
  const rules: TracedRule[] = [];
  const { persistence } = backend;
  const state = atRest(backend);
  const affinity = persistence === undefined ? undefined : new Affinity(state, backend, on);
  traceFirst(persistence?.rules ?? [], on, rules);
  const ended = requestRules(backend.contentRules, backend, on, rules) ?? proxyRules(backend, on, rules);
  const limits = webSocketLimits(frontend.webSocket, backend.webSocket);
  const outcome = ended === undefined ? serversOf(backend, on, affinity, limits) : outcomeOf(ended);
  if (ended === undefined) {
    traceFirst(persistence?.useServers ?? [], on, rules);
    for (const rule of persistence?.sticks ?? []) traceRule(rule, on, rules);
  }
  const stage: Stage = { kind: 'backend', name: backend.name, at: backend.at, rules, outcome };
  if (given === undefined || outcome.kind !== 'servers') return [stage];
  const [first] = outcome.servers.filter(({ disabled }) => !disabled);
  const server = state.servers.find(({ config }) => config.name === first?.name);
  return [stage, responseStage({ frontend, backend, affinity, server }, given, on)];
}

/** The rules on a response, as if this server had sent it. */
function responseStage(way: Parameters<typeof traceResponse>[0], given: GivenResponse, on: Evaluation): Stage {
  const rules: TracedRule[] = [];
  const { answer, response } = traceResponse(way, given, on, (rule, answered) => {
    const outcome = traceAct(rule, answered, rules);
    if (outcome === undefined || outcome.kind === 'continue') return 'goes on';
    if (outcome.kind === 'allow') return 'ends the list';
    return outcome.kind === 'respond' ? outcome.answer : 'closed';
  });
  const { name, at } = way.backend;
  const outcome: Outcome =
    answer === 'closed'
      ? { kind: 'closed', reason: REJECTED }
      : answer === undefined
        ? { kind: 'passed', status: response?.status ?? given.status, edits: response?.edits?.describe() ?? [] }
        : outcomeOf({ kind: 'respond', answer, state: 'P' });
  return { kind: 'response', name, at, rules, outcome };
}

/** The backend as it is at the start: every server that is not disabled is up. */
function atRest(backend: Backend): BackendState {
  const idle = { cancel: () => {} };
  return createBackend(backend, { now: () => 0, after: () => idle, random: () => 0, report: () => {} });
}

/** Adds rules up to the first that applies. */
function traceFirst(all: readonly AnyRule[], on: Evaluation, rules: TracedRule[]): void {
  all.some((rule) => traceRule(rule, on, rules));
}

/**
 * Connection rules run when the connection is accepted, so the client is still the peer; they end at the first that accepts or rejects.
 * `closed` is why the connection is closed before its request is read, if it is.
 */
function connectionRules(
  { connectionRules: all, sessionRules, binds }: Frontend,
  on: Evaluation,
): { readonly rules: TracedRule[]; readonly closed: string | undefined } {
  const { connection } = on;
  const early = connection.terminated === true ? connection : plainly(connection);
  const before: Evaluation = { ...on, connection: early, request: noRequest(early) };
  const rules: TracedRule[] = [];
  let demanded = binds.length > 0 && binds.every(({ acceptProxy, terminated }) => acceptProxy && !terminated);
  const verdict = listRules(all, before, rules);
  if (verdict === 'reject') return { rules, closed: REJECTED };
  demanded ||= verdict === 'expect-proxy';
  const closed =
    demanded && !connection.proxied
      ? `the connection is closed: a PROXY header is required from ${connection.peer.address} and none was sent (add --proxied or --tls to send one)`
      : undefined;
  if (closed !== undefined) return { rules, closed };
  const session = { ...on, request: noRequest(connection) };
  return { rules, closed: listRules(sessionRules, session, rules) === 'reject' ? REJECTED : undefined };
}

/** A connection before its PROXY header. */
function plainly(connection: ConnectionFacts): ConnectionFacts {
  return {
    ...connection,
    client: connection.peer,
    destination: connection.local,
    proxied: false,
    tls: undefined,
  };
}

/** The rules on a connection up to the one that ends them; all that is left is to be accepted. */
function listRules(
  all: readonly RequestRule[],
  on: Evaluation,
  rules: TracedRule[],
): 'accept' | 'reject' | 'expect-proxy' {
  let verdict: 'accept' | 'expect-proxy' = 'accept';
  for (const rule of all) {
    const outcome = traceAct(rule, on, rules);
    if (outcome?.kind === 'reject') return 'reject';
    if (outcome?.kind === 'allow') break;
    if (outcome?.kind === 'expect-proxy') verdict = 'expect-proxy';
  }
  return verdict;
}

const REJECTED = 'the connection is closed without a response';

/** The request counts for what its connection and the content rules track before the rules on requests see the counters. */
function frontRules(frontend: Frontend, on: Evaluation, rules: TracedRule[]): Decision | undefined {
  const refused = requestRules(frontend.contentRules, frontend, on, rules);
  if (refused !== undefined) return refused;
  on.tracking?.requested();
  return proxyRules(frontend, on, rules);
}

/** The lists of rules in the order they run in; undefined unless one of them ended the evaluation. */
function proxyRules(proxy: Proxy, on: Evaluation, rules: TracedRule[]): Decision | undefined {
  for (const list of [proxy.requestRules, proxy.statsRules, proxy.redirects]) {
    const ended = requestRules(list, proxy, on, rules);
    if (ended !== undefined) return ended;
  }
  return undefined;
}

/** Adds the rules up to the one that ended the evaluation. They act as they do on traffic: later ones see what they changed. */
function requestRules(
  all: readonly RequestRule[],
  proxy: Proxy,
  on: Evaluation,
  rules: TracedRule[],
): Decision | undefined {
  for (const rule of all) {
    const outcome = traceAct(rule, on, rules);
    if (outcome === undefined) continue;
    if (outcome.kind === 'allow') return undefined;
    if (outcome.kind === 'respond') return { ...outcome, answer: replaced(outcome.answer, proxy, on) };
    if (outcome.kind === 'http') break;
    if (outcome.kind === 'reject' || outcome.kind === 'service' || outcome.kind === 'backend') return outcome;
  }
  return undefined;
}

function useBackends(snapshot: Snapshot, frontend: Frontend, on: Evaluation, rules: TracedRule[]): Decision {
  for (const rule of frontend.useBackends) {
    if (!traceRule(rule, on, rules)) continue;
    const name = rule.made?.(on) ?? rule.backend;
    if (rule.made === undefined || snapshot.backends.has(name)) return { kind: 'backend', name };
    // The name that was made is no backend's: the default one it is.
    break;
  }
  const name = frontend.defaultBackend;
  if (name === undefined) return { kind: 'none' };
  rules.push({ text: `default_backend ${name}`, at: undefined, applies: true, alternatives: [] });
  return { kind: 'backend', name };
}

function outcomeOf(decision: Decision): Outcome {
  switch (decision.kind) {
    case 'backend':
      return { kind: 'backend', backend: decision.name };
    case 'reject':
      return { kind: 'closed', reason: REJECTED };
    case 'none':
    case 'http':
    case 'wait':
      return { kind: 'none' };
    case 'service':
      return { kind: 'service', service: serviceText(decision.service) };
    case 'respond':
    case 'tarpit': {
      const { status, reason, headers } = decision.answer;
      const location = headers.find(([name]) => name === 'location')?.[1];
      return { kind: 'response', status, reason, ...(location === undefined ? {} : { location }) };
    }
  }
}

function serviceText(service: Service): string {
  if (service.kind !== 'stats') return 'metrics for Prometheus (use-service prometheus-exporter)';
  const { proxy, uri, admin } = service.page;
  return `the statistics page of ${proxy} (stats uri ${uri}${admin.length > 0 ? ', stats admin' : ''})`;
}

function serversOf(
  backend: Backend,
  on: Evaluation,
  affinity: Affinity | undefined,
  limits: WebSocketLimits | undefined,
): Outcome {
  const bound = affinity?.choose(on)?.server.config;
  const sticky = affinity?.describe();
  return {
    kind: 'servers',
    edits: on.request.edit?.().describe() ?? [],
    ...(sticky !== undefined && { sticky }),
    ...(limits !== undefined && isWebSocket(on.request.header('upgrade').join()) && { limits: describeLimits(limits) }),
    balance: backend.balance.name,
    servers: (bound === undefined ? backend.servers : [bound]).map(({ name, address, backup, disabled }) => ({
      name,
      address: address.kind === 'unix' ? address.path : `${address.host}:${address.port}`,
      backup,
      disabled,
    })),
  };
}
