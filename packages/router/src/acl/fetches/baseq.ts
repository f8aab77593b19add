import type { RequestFacts } from '../../model/facts.ts';
import { single } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';
import { pathAndQuery } from '../target.ts';

/** The first Host, the path and the query together. */
export const baseq: Fetch = {
  needs: 'request',
  type: 'string',
  compile: single(
    (facts: RequestFacts) => (facts.header('host')[0] ?? '') + (pathAndQuery(facts.target) ?? '') || undefined,
  ),
};
