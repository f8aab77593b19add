import type { ConnectionFacts } from '../../model/facts.ts';
import { address } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';

/** The client's address: from an accepted PROXY header, else the peer's. */
export const src: Fetch = {
  needs: 'connection',
  type: 'address',
  compile: address((facts: ConnectionFacts) => facts.client.address),
};
