import type { ConnectionFacts } from '../../model/facts.ts';
import { single } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';

/** The local port of the TCP connection. */
export const fcDstPort: Fetch = {
  needs: 'connection',
  type: 'integer',
  compile: single((facts: ConnectionFacts) => facts.local.port),
};
