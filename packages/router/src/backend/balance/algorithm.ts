import type { RequestFacts } from '../../model/facts.ts';
import type { BalanceSpec } from '../../model/snapshot.ts';

/** What an algorithm sees of a server. It is only ever given servers that may receive balanced traffic. */
export interface Candidate {
  /** Position in the backend, from 1: the ring of `hash-type consistent` is built from it. */
  readonly id: number;
  /** 1..256. */
  readonly weight: number;
  /** Requests it serves or that wait for it. */
  readonly load: number;
  /** No slot is free on it now. */
  readonly full: boolean;
}

/** One algorithm at work over one fixed list of servers. Called once per request, so it must not allocate. */
export interface Chooser<C extends Candidate> {
  /**
   * A choice that follows from the request is returned even when that server is full: the request waits for it.
   * A free choice skips full servers, and is undefined when every server is full.
   * `avoid` is chosen only when nothing else can be.
   */
  choose(facts: RequestFacts, avoid: object | undefined): C | undefined;
}

export interface Setup {
  readonly args: BalanceSpec['args'];
  readonly hash: BalanceSpec['hash'];
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** One `balance` keyword. `usable` is never empty; a change of state or weight makes a new chooser. */
export interface Algorithm {
  /** The server does not follow from the request: the next request may get any, and so may the same one again. */
  readonly free: boolean;
  create<C extends Candidate>(usable: readonly C[], setup: Setup): Chooser<C>;
}

export function hasRoom(server: Candidate): boolean {
  return !server.full;
}
