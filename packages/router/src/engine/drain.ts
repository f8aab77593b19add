import { shorter } from './deadlines.ts';

/** `late`: idle connections keep their time, where `soon` closes them; busy ones end after their answer with both. */
export type Draining = 'no' | 'soon' | 'late';

/**
 * How long a connection without a request stays once the router stops, in milliseconds. A request may be on its way: a client
 * that has asked before learns from its next answer that the connection ends, and one that never asked may just
 * have connected. To close at once would answer them with a reset.
 */
const KEPT = 500;
const FRESH = 3000;

/** The time left to a connection between two requests, or before its first. `timeout`: what it would have otherwise, 0 for any. */
export function drainTimeout(served: boolean, timeout: number): number {
  return shorter(served ? KEPT : FRESH, timeout);
}
