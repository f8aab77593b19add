import type { ConnectionFacts } from '../../model/facts.ts';
import { address } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';

/** The address the client connected to: from an accepted PROXY header, else the local one. */
export const dst: Fetch = {
  needs: 'connection',
  type: 'address',
  compile: address((facts: ConnectionFacts) => facts.destination.address),
};
