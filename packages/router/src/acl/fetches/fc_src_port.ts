import type { ConnectionFacts } from '../../model/facts.ts';
import { single } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';

/** The peer's port. */
export const fcSrcPort: Fetch = {
  needs: 'connection',
  type: 'integer',
  compile: single((facts: ConnectionFacts) => facts.peer.port),
};
