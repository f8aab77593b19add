import type { Answer } from '../model/answer.ts';
import { errorAnswer, isErrorAnswer } from '../http/error-answers.ts';
import type { Backend, Frontend, Proxy, RequestOutcome, RequestRule, Rules } from '../model/snapshot.ts';
import type { Evaluation } from '../model/evaluation.ts';
import { notYet } from '../sample/not-yet.ts';
import type { Decision } from '../model/decision.ts';

const NONE: Decision = { kind: 'none' };
/** As if the server had closed: the page and the termination state of that. */
const CLOSED: Decision = { kind: 'respond', answer: errorAnswer(502), state: 'S' };

/** Side effects of reaching a decision. */
export interface Course {
  /** A rule acted and the evaluation continued, so the rules do more than decide. */
  wentOn: boolean;
}

/** `tcp-request content` rules, `http-request` rules, then `redirect`, then `use_backend`, then `default_backend`, whatever their order in the file (HAProxy manual §4.2). */
export function decideFrontend(frontend: Frontend, on: Evaluation, course?: Course): Decision {
  const ended = decideProxy(frontend, on, course);
  return ended === undefined ? chooseBackend(frontend, on) : backendAfter(ended, frontend, on);
}

function backendAfter(ended: Decision, frontend: Frontend, on: Evaluation): Decision {
  return after(ended, () => chooseBackend(frontend, on)) ?? NONE;
}

function chooseBackend(frontend: Frontend, on: Evaluation, from = 0): Decision {
  const { useBackends } = frontend;
  const candidates = useBackends.index?.candidates(on);
  for (let at = next(candidates, from); at < useBackends.length; at = next(candidates, at + 1)) {
    const rule = useBackends[at];
    try {
      if (rule !== undefined && (rule.when === undefined || rule.when(on)))
        return { kind: 'backend', name: rule.made?.(on) ?? rule.backend };
    } catch (error) {
      return backendLater(error, frontend, on, at);
    }
  }
  return frontend.defaultBackend === undefined ? NONE : { kind: 'backend', name: frontend.defaultBackend };
}

function backendLater(error: unknown, frontend: Frontend, on: Evaluation, at: number): Decision {
  return waitOf(error, (start) => chooseBackend(frontend, on, start), at);
}

/** The rules of a chosen backend: `http-request`, then `redirect`. `none` goes on to its servers. */
export function decideBackend(backend: Backend, on: Evaluation): Decision {
  return decideProxy(backend, on) ?? NONE;
}

function decideProxy(proxy: Proxy, on: Evaluation, course?: Course, from = 0): Decision | undefined {
  for (let list = from; list < LISTS.length; list += 1) {
    if (list === AFTER_CONTENT) {
      on.contentJudged?.();
      if (proxy.tracks) on.tracking?.requested();
    }
    const rules = LISTS[list]?.(proxy);
    const ended = rules === undefined ? undefined : runRules(rules, proxy, on, course);
    if (ended !== undefined) return restAfter(ended, proxy, on, course, list + 1);
  }
  return undefined;
}

/** The lists of rules on a request, in the order they run in. */
const LISTS: readonly ((proxy: Proxy) => Rules<RequestRule>)[] = [
  ({ contentRules }) => contentRules,
  ({ requestRules }) => requestRules,
  ({ statsRules }) => statsRules,
  ({ redirects }) => redirects,
];

/** A request is counted before the `http-request` rules are read. */
const AFTER_CONTENT = 1;

function restAfter(
  ended: Decision,
  proxy: Proxy,
  on: Evaluation,
  course: Course | undefined,
  list: number,
): Decision | undefined {
  return after(ended, () => decideProxy(proxy, on, course, list));
}

/** What follows a list of rules that ended: the same, or the rest when it has waited. */
function after(ended: Decision | undefined, rest: () => Decision | undefined): Decision | undefined {
  if (ended === undefined) return rest();
  if (ended.kind !== 'wait') return ended;
  return { kind: 'wait', resume: () => after(continued(ended.resume), rest) ?? NONE };
}

/** A list of rules that waited: `none` is its way to say that it did not end the evaluation. */
function continued(resume: () => Decision): Decision | undefined {
  const decision = resume();
  return decision.kind === 'none' ? undefined : decision;
}

/**
 * Waits, and resumes at this rule when its value is known. What makes such a closure is a function of its own: where a closure is made,
 * V8 allocates what it holds on entry, whether or not it is made. That was a third of the memory that a request took.
 */
function waitOf(error: unknown, run: (from: number) => Decision | undefined, at: number): Decision {
  if (error !== notYet) throw error;
  return { kind: 'wait', resume: () => run(at) ?? NONE };
}

/** The first rule that applies and ends the evaluation. `allow` ends this list only. */
function runRules(
  rules: Rules<RequestRule>,
  proxy: Proxy,
  on: Evaluation,
  course: Course | undefined,
  from = 0,
): Decision | undefined {
  let candidates = from === 0 ? rules.index?.candidates(on) : undefined;
  for (let at = next(candidates, from); at < rules.length; at = next(candidates, at + 1)) {
    const rule = rules[at];
    let outcome: RequestOutcome;
    try {
      if (rule === undefined || (rule.when !== undefined && !rule.when(on))) continue;
      outcome = rule.act(on);
    } catch (error) {
      return rulesLater(error, rules, proxy, on, course, at);
    }
    if (outcome.kind === 'continue' || outcome.kind === 'expect-proxy') {
      // It may have changed what later rules read: those are evaluated one by one.
      candidates = undefined;
      if (course !== undefined) course.wentOn = true;
      continue;
    }
    on.lastRule = rule.at;
    return outcome.kind === 'allow' ? undefined : endOf(outcome, proxy, on);
  }
  return undefined;
}

function rulesLater(
  error: unknown,
  rules: Rules<RequestRule>,
  proxy: Proxy,
  on: Evaluation,
  course: Course | undefined,
  at: number,
): Decision {
  return waitOf(error, (start) => runRules(rules, proxy, on, course, start), at);
}

/** What an outcome that ends the evaluation makes of the request. */
function endOf(
  outcome: Exclude<RequestOutcome, { kind: 'continue' | 'expect-proxy' | 'allow' }>,
  proxy: Proxy,
  on: Evaluation,
): Decision {
  switch (outcome.kind) {
    case 'close':
      return CLOSED;
    case 'respond':
    case 'tarpit':
      return { ...outcome, answer: replaced(outcome.answer, proxy, on) };
    case 'reject':
    case 'service':
    case 'backend':
    case 'http':
      return outcome;
  }
}

/** `tcp-response content` rules, read before all others on responses. */
export function decideResponseContent(backend: Backend, on: Evaluation): Decision | undefined {
  return runRules(backend.responseContentRules, backend, on, undefined);
}

/**
 * `http-response` rules, the backend's before the frontend's, as in HAProxy; undefined: the response is forwarded, with its edits.
 * `allow` ends the rules of its proxy.
 */
export function decideResponse(frontend: Frontend, backend: Backend | undefined, on: Evaluation): Decision | undefined {
  const own = backend === undefined ? undefined : runRules(backend.responseRules, backend, on, undefined);
  return own === undefined ? frontendResponse(frontend, backend, on) : responseAfter(own, frontend, backend, on);
}

function frontendResponse(frontend: Frontend, backend: Backend | undefined, on: Evaluation): Decision | undefined {
  return sameProxy(frontend, backend) ? undefined : runRules(frontend.responseRules, frontend, on, undefined);
}

function responseAfter(
  own: Decision,
  frontend: Frontend,
  backend: Backend | undefined,
  on: Evaluation,
): Decision | undefined {
  return after(own, () => frontendResponse(frontend, backend, on));
}

/** `http-after-response` rules, in the same order; undefined unless one was impossible to apply. */
export function decideAfterResponse(
  frontend: Frontend,
  backend: Backend | undefined,
  on: Evaluation,
): Decision | undefined {
  const own = backend === undefined ? undefined : runRules(backend.afterResponseRules, backend, on, undefined);
  return (
    own ?? (sameProxy(frontend, backend) ? undefined : runRules(frontend.afterResponseRules, frontend, on, undefined))
  );
}

/** A `listen` section is both frontend and backend, but its rules run once. */
function sameProxy(frontend: Frontend, backend: Backend | undefined): boolean {
  const { file, line, column } = frontend.at;
  return backend !== undefined && backend.at.file === file && backend.at.line === line && backend.at.column === column;
}

/** The next rule to evaluate, starting from this one; without candidates the next in order. Past the last one when there is none. */
function next(candidates: Uint32Array | undefined, from: number): number {
  if (candidates === undefined) return from;
  let word = from >>> 5;
  // Ignore the bits below `from`. Shift counts wrap at 32, so the remainder is used.
  let bits = (candidates[word] ?? 0) & (-1 << (from & 31));
  while (bits === 0) {
    word += 1;
    if (word >= candidates.length) return Infinity;
    bits = candidates[word] ?? 0;
  }
  return word * 32 + 31 - Math.clz32(bits & -bits);
}

/** The proxy's `errorfile` replaces the built-in page of its status. */
export function replaced(answer: Answer, proxy: Proxy, on: Evaluation): Answer {
  const page = isErrorAnswer(answer) ? proxy.errorAnswers.get(answer.status) : undefined;
  if (page === undefined) return answer;
  const own = typeof page === 'function' ? page(on) : page;
  return answer.added === undefined ? own : { ...own, headers: [...own.headers, ...answer.added] };
}

/** The `tcp-request connection` or `session` rules: the first that ends decides, and without one a connection is accepted. */
export function judgeConnection(rules: readonly RequestRule[], on: Evaluation): 'accept' | 'reject' | 'expect-proxy' {
  let verdict: 'accept' | 'expect-proxy' = 'accept';
  for (const rule of rules) {
    if (rule.when !== undefined && !rule.when(on)) continue;
    const { kind } = rule.act(on);
    if (kind === 'reject') return 'reject';
    if (kind === 'allow') break;
    if (kind === 'expect-proxy') verdict = 'expect-proxy';
  }
  return verdict;
}
