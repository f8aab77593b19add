import type { RequestFacts } from '../../model/facts.ts';
import { single } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';

/** The protocol version: `1.1`. */
export const reqVer: Fetch = {
  needs: 'request',
  type: 'string',
  compile: single((facts: RequestFacts) => facts.version),
};
