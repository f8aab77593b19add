/** What the rules make of a response whose status and fields are given, as data for `explain`. */
import type { Affinity } from '../exchange/affinity.ts';
import { captureRequest, captureRequestCookie, captureResponse, captureResponseCookie } from '../exchange/capture.ts';
import { answerFacts } from '../http/answer-facts.ts';
import { reasonOf } from '../http/reasons.ts';
import type { WireResponse } from '../http/response-facts.ts';
import type { Answer } from '../model/answer.ts';
import type { ServerState } from '../model/backend.ts';
import type { CapturedValues } from '../model/captures.ts';
import type { Evaluation, Variables } from '../model/evaluation.ts';
import type { Backend, Frontend, RequestRule } from '../model/snapshot.ts';
import { textOf } from '../sample/value.ts';

/** The response of a server that `--status` and `--response-header` describe. */
export interface GivenResponse {
  readonly status: number;
  readonly headers: Answer['headers'];
}

/** Values that a request leaves at its end: what rules captured and set, and what the keys it is tracked by count. */
export interface Traces {
  readonly captures: readonly string[];
  readonly variables: readonly string[];
  readonly counters: readonly string[];
}

/** Runs the rules on a response in their order; `act` evaluates one, and returns true when it ends its list with an answer of its own. */
export function traceResponse(
  {
    frontend,
    backend,
    affinity,
    server,
  }: { frontend: Frontend; backend: Backend; affinity: Affinity | undefined; server: ServerState | undefined },
  { status, headers }: GivenResponse,
  on: Evaluation,
  act: (rule: RequestRule, on: Evaluation) => 'goes on' | 'ends the list' | Answer | 'closed',
): {
  readonly answer: Answer | 'closed' | undefined;
  readonly response: WireResponse | undefined;
  readonly on: Evaluation;
} {
  const response = answerFacts({ status, reason: reasonOf(status), headers, body: '', close: false }, Infinity);
  const answered: Evaluation = { ...on, response };
  if (on.captures !== undefined && response !== undefined) captureResponse(on.captures, response.fields);
  on.tracking?.answered(status);
  if (server !== undefined) affinity?.stuck(answered, server);
  const listed = frontend.at === backend.at;
  const lists = [backend.responseContentRules, backend.responseRules, ...(listed ? [] : [frontend.responseRules])];
  for (const rules of lists) {
    const ended = run(rules, answered, act);
    if (ended !== undefined) return { answer: ended, response, on: answered };
  }
  if (response !== undefined) captureResponseCookie(on.captures, response);
  if (server !== undefined && response !== undefined)
    affinity?.answered(answered, response, server, affinity.named === server);
  for (const rules of [backend.afterResponseRules, ...(listed ? [] : [frontend.afterResponseRules])])
    run(rules, answered, act);
  return { answer: undefined, response, on: answered };
}

function run(
  rules: readonly RequestRule[],
  on: Evaluation,
  act: Parameters<typeof traceResponse>[3],
): Answer | 'closed' | undefined {
  for (const rule of rules) {
    const said = act(rule, on);
    if (said === 'ends the list') return undefined;
    if (said !== 'goes on') return said;
  }
  return undefined;
}

/** Captured values of a request, before any rule. */
export function capturesOf({ captures }: Frontend, on: Evaluation): CapturedValues | undefined {
  if (captures === undefined) return undefined;
  const values = captureRequest(captures, on.request.fields);
  captureRequestCookie(values, on.request);
  return values;
}

/** Variables that remember which of them were set. */
export function recorded(inner: Variables): Variables & { readonly names: Set<string> } {
  const names = new Set<string>();
  return {
    names,
    get: (name) => inner.get(name),
    set(name, value) {
      names.add(name);
      inner.set(name, value);
    },
    unset: (name) => inner.unset(name),
  };
}

/** What the request leaves. */
export function tracesOf(on: Evaluation, names: Iterable<string>): Traces {
  const { captures, variables, tracking } = on;
  const listed = (side: string, values: readonly (string | undefined)[]): readonly string[] =>
    values.flatMap((value, at) => (value === undefined ? [] : [`${side} ${at}: ${value}`]));
  return {
    captures:
      captures === undefined
        ? []
        : [
            ...listed('request', captures.request),
            ...listed('response', captures.response),
            ...listed('cookie', [captures.requestCookie ?? captures.responseCookie]),
          ],
    variables: [...names].flatMap((name) => {
      const value = variables?.get(name);
      return value === undefined ? [] : [`${name} = ${textOf(value)}`];
    }),
    counters: Array.from({ length: tracking?.slots ?? 0 }, (_, slot) => tracking?.tracked(slot)).flatMap(
      (tracked, slot) =>
        tracked === undefined
          ? []
          : tracked.table.spec.stored.map(
              ({ type, period }) =>
                `${type}${period === 0 ? '' : `(${period}ms)`} of ${tracked.entry.key} in ${tracked.table.spec.name} (slot ${slot}): ${tracked.table.readText(tracked.entry, type) ?? tracked.table.read(tracked.entry, type) ?? 0}`,
            ),
    ),
  };
}
