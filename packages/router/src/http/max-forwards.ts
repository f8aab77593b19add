import type { RequestFacts } from '../model/facts.ts';
import type { Decision } from '../model/decision.ts';
import { errorAnswer } from './error-answers.ts';

/**
 * How many more hops a TRACE or OPTIONS may pass (RFC 9110 §7.6.2): its `Max-Forwards`, undefined unless that
 * is a number. Other methods have no such limit.
 */
export function forwardsLeft(method: string, value: () => string | undefined): number | undefined {
  if (method !== 'OPTIONS' && method !== 'TRACE') return undefined;
  const said = value();
  return said !== undefined && /^[0-9]{1,15}$/.test(said) ? Number(said) : undefined;
}

/** The response to a request that must not be forwarded further: the router is its final recipient. */
export function lastStop(facts: RequestFacts): Extract<Decision, { kind: 'respond' }> | undefined {
  // The common case: the method has no limit.
  if (facts.method === 'GET' || forwardsLeft(facts.method, () => facts.header('max-forwards')[0]) !== 0)
    return undefined;
  const answer =
    facts.method === 'OPTIONS' ? { status: 200, reason: 'OK', headers: [], body: '', close: false } : errorAnswer(501);
  return { kind: 'respond', state: 'L', answer };
}
