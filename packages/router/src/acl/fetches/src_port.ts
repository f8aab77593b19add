import type { ConnectionFacts } from '../../model/facts.ts';
import { single } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';

/** The client's port. */
export const srcPort: Fetch = {
  needs: 'connection',
  type: 'integer',
  compile: single((facts: ConnectionFacts) => facts.client.port),
};
