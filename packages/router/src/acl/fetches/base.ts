import type { RequestFacts } from '../../model/facts.ts';
import { single } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';
import { pathOf } from '../target.ts';

/** The first Host and the path together. */
export const base: Fetch = {
  needs: 'request',
  type: 'string',
  compile: single((facts: RequestFacts) => (facts.header('host')[0] ?? '') + (pathOf(facts.target) ?? '') || undefined),
};
