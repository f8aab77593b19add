import type { Answer } from '../model/answer.ts';
import { isErrorAnswer } from '../http/error-answers.ts';
import type { Backend, Frontend, Proxy, RequestRule, Rules } from '../model/snapshot.ts';
import type { Evaluation } from '../model/evaluation.ts';
import type { Decision } from '../model/decision.ts';

const NONE: Decision = { kind: 'none' };

/** Side effects of reaching a decision. */
export interface Course {
  /** A rule acted and the evaluation continued, so the rules do more than decide. */
  wentOn: boolean;
}

/** `tcp-request content` rules, `http-request` rules, then `redirect`, then `use_backend`, then `default_backend`, whatever their order in the file (HAProxy manual §4.2). */
export function decideFrontend(frontend: Frontend, on: Evaluation, course?: Course): Decision {
  const ended = decideProxy(frontend, on, course);
  if (ended !== undefined) return ended;
  const { useBackends } = frontend;
  const candidates = useBackends.index?.candidates(on);
  for (let at = next(candidates, 0); at < useBackends.length; at = next(candidates, at + 1)) {
    const rule = useBackends[at];
    if (rule !== undefined && (rule.when === undefined || rule.when(on)))
      return { kind: 'backend', name: rule.made?.(on) ?? rule.backend };
  }
  return frontend.defaultBackend === undefined ? NONE : { kind: 'backend', name: frontend.defaultBackend };
}

/** The rules of a chosen backend: `http-request`, then `redirect`. `none` goes on to its servers. */
export function decideBackend(backend: Backend, on: Evaluation): Decision {
  return decideProxy(backend, on) ?? NONE;
}

function decideProxy(proxy: Proxy, on: Evaluation, course?: Course): Decision | undefined {
  return (
    runRules(proxy.contentRules, proxy, on, course) ??
    runRules(proxy.requestRules, proxy, on, course) ??
    runRules(proxy.redirects, proxy, on, course)
  );
}

/** The first rule that applies and ends the evaluation. `allow` ends this list only. */
function runRules(
  rules: Rules<RequestRule>,
  proxy: Proxy,
  on: Evaluation,
  course: Course | undefined,
): Decision | undefined {
  let candidates = rules.index?.candidates(on);
  for (let at = next(candidates, 0); at < rules.length; at = next(candidates, at + 1)) {
    const rule = rules[at];
    if (rule === undefined || (rule.when !== undefined && !rule.when(on))) continue;
    const outcome = rule.act(on);
    if (outcome.kind === 'allow') return undefined;
    if (outcome.kind === 'reject') return outcome;
    if (outcome.kind === 'respond') return { ...outcome, answer: replaced(outcome.answer, proxy) };
    // It may have changed what later rules read: evaluate those one by one.
    candidates = undefined;
    if (course !== undefined) course.wentOn = true;
  }
  return undefined;
}

/**
 * `http-response` rules, the backend's before the frontend's, as in HAProxy; undefined: the response is forwarded, with its edits.
 * `allow` ends the rules of its proxy.
 */
export function decideResponse(frontend: Frontend, backend: Backend | undefined, on: Evaluation): Decision | undefined {
  const own = backend === undefined ? undefined : runRules(backend.responseRules, backend, on, undefined);
  return own ?? (sameProxy(frontend, backend) ? undefined : runRules(frontend.responseRules, frontend, on, undefined));
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
export function replaced(answer: Answer, proxy: Proxy): Answer {
  return isErrorAnswer(answer) ? (proxy.errorAnswers.get(answer.status) ?? answer) : answer;
}
