import type { ConnectionFacts } from '../../model/facts.ts';
import { single } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';

/** The port the client connected to. */
export const dstPort: Fetch = {
  needs: 'connection',
  type: 'integer',
  compile: single((facts: ConnectionFacts) => facts.destination.port),
};
