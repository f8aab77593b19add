import type { ConnectionFacts } from '../../model/facts.ts';
import { single } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';

/** The client came over TLS, as the PROXY header told. Our own word: HAProxy has none for this. */
export const fcViaTls: Fetch = {
  needs: 'connection',
  type: 'boolean',
  compile: single((facts: ConnectionFacts) => facts.tls !== undefined),
};
