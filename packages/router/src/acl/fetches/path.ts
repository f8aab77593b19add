import type { RequestFacts } from '../../model/facts.ts';
import { single } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';
import { pathOf } from '../target.ts';

/** The path without the query. */
export const path: Fetch = {
  needs: 'request',
  type: 'string',
  compile: single((facts: RequestFacts) => pathOf(facts.target)),
};
