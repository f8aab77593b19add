import type { Answer } from '../model/answer.ts';
import { isErrorAnswer } from '../exchange/error-answers.ts';
import type { Backend, Frontend, Proxy, RequestRule } from '../config/snapshot.ts';
import type { Evaluation } from '../model/evaluation.ts';
import type { Decision } from '../model/decision.ts';

const NONE: Decision = { kind: 'none' };

/** `http-request` rules, then `redirect`, then `use_backend`, then `default_backend`, whatever their order in the file (HAProxy manual §4.2). */
export function decideFrontend(frontend: Frontend, on: Evaluation): Decision {
  const ended = decideProxy(frontend, on);
  if (ended !== undefined) return ended;
  for (const rule of frontend.useBackends) {
    if (rule.when === undefined || rule.when(on)) return { kind: 'backend', name: rule.backend };
  }
  return frontend.defaultBackend === undefined ? NONE : { kind: 'backend', name: frontend.defaultBackend };
}

/** The rules of a chosen backend: `http-request`, then `redirect`. `none` goes on to its servers. */
export function decideBackend(backend: Backend, on: Evaluation): Decision {
  return decideProxy(backend, on) ?? NONE;
}

function decideProxy(proxy: Proxy, on: Evaluation): Decision | undefined {
  return runRules(proxy.requestRules, proxy, on) ?? runRules(proxy.redirects, proxy, on);
}

/** The first rule that applies and ends the evaluation. `allow` ends this list only. */
function runRules(rules: readonly RequestRule[], proxy: Proxy, on: Evaluation): Decision | undefined {
  for (const rule of rules) {
    if (rule.when !== undefined && !rule.when(on)) continue;
    const outcome = rule.act(on);
    if (outcome.kind === 'allow') return undefined;
    if (outcome.kind === 'reject') return outcome;
    if (outcome.kind === 'respond') return { ...outcome, answer: replaced(outcome.answer, proxy) };
  }
  return undefined;
}

/** A built-in page gives way to the proxy's `errorfile` for its status. */
function replaced(answer: Answer, proxy: Proxy): Answer {
  return isErrorAnswer(answer) ? (proxy.errorAnswers.get(answer.status) ?? answer) : answer;
}
