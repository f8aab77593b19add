import type { ConnectionFacts } from '../../model/facts.ts';
import { address } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';

/** The peer's address: who opened the TCP connection, whatever a PROXY header says. */
export const fcSrc: Fetch = {
  needs: 'connection',
  type: 'address',
  compile: address((facts: ConnectionFacts) => facts.peer.address),
};
