import type { RequestFacts } from '../model/facts.ts';
import type { Decision } from '../model/decision.ts';
import { errorAnswer } from './error-answers.ts';

/**
 * How many more hops a TRACE or OPTIONS may take (RFC 9110 §7.6.2): its `Max-Forwards`, undefined when it has none that
 * is a number. Other methods know no such limit.
 */
export function forwardsLeft(method: string, value: () => string | undefined): number | undefined {
  if (method !== 'OPTIONS' && method !== 'TRACE') return undefined;
  const said = value();
  return said !== undefined && /^[0-9]{1,15}$/.test(said) ? Number(said) : undefined;
}

/** What a request is answered that may be forwarded no further: it has reached its last recipient. */
export function lastStop(facts: RequestFacts): Extract<Decision, { kind: 'respond' }> | undefined {
  // Most requests: not even asked.
  if (facts.method === 'GET' || forwardsLeft(facts.method, () => facts.header('max-forwards')[0]) !== 0)
    return undefined;
  const answer =
    facts.method === 'OPTIONS' ? { status: 200, reason: 'OK', headers: [], body: '', close: false } : errorAnswer(501);
  return { kind: 'respond', state: 'L', answer };
}
