import type { ConnectionFacts } from '../../model/facts.ts';
import { single } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';

/** A PROXY header came, even one that says LOCAL or UNKNOWN. */
export const fcRcvdProxy: Fetch = {
  needs: 'connection',
  type: 'boolean',
  compile: single((facts: ConnectionFacts) => facts.proxied),
};
