import type { RequestFacts } from '../../model/facts.ts';
import { single } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';

/** The method, case-sensitive. */
export const method: Fetch = {
  needs: 'request',
  type: 'string',
  compile: single((facts: RequestFacts) => facts.method),
};
