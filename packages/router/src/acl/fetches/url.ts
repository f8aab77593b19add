import type { RequestFacts } from '../../model/facts.ts';
import { single } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';

/** The request target as received. */
export const url: Fetch = {
  needs: 'request',
  type: 'string',
  compile: single((facts: RequestFacts) => facts.target),
};
