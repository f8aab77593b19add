import type { ConnectionFacts } from '../../model/facts.ts';
import { single } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';

/** The name the client asked for (SNI), as the PROXY header told it in PP2_TYPE_AUTHORITY. */
export const fcPpAuthority: Fetch = {
  needs: 'connection',
  type: 'string',
  compile: single((facts: ConnectionFacts) => facts.tls?.sni || undefined),
};
