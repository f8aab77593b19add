import type { RequestFacts } from '../../model/facts.ts';
import { single } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';
import { queryOf } from '../target.ts';

/** What follows the first `?`; not found without one. */
export const query: Fetch = {
  needs: 'request',
  type: 'string',
  compile: single((facts: RequestFacts) => queryOf(facts.target)),
};
