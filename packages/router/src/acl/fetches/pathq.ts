import type { RequestFacts } from '../../model/facts.ts';
import { single } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';
import { pathAndQuery } from '../target.ts';

/** The path with the query. */
export const pathq: Fetch = {
  needs: 'request',
  type: 'string',
  compile: single((facts: RequestFacts) => pathAndQuery(facts.target)),
};
