import type { ConnectionFacts } from '../../model/facts.ts';
import { address } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';

/** The local address of the TCP connection, whatever a PROXY header says. */
export const fcDst: Fetch = {
  needs: 'connection',
  type: 'address',
  compile: address((facts: ConnectionFacts) => facts.local.address),
};
