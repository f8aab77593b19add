import type { RequestFacts } from '../../model/facts.ts';

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

/**
 * The step from one request to a server. It passes over every server that is not `open` and is only called while one
 * is: which servers those are is not its business. Called once per request, so it must not allocate.
 */
export type Pick<C extends Candidate> = (open: (server: C) => boolean, key: number) => C | undefined;

export interface Setup {
  /** The arguments after the keyword, as in the snapshot. */
  readonly args: readonly string[];
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** The server does not follow from the request: the next request may get any, and so may the same one again. */
export interface FreeAlgorithm {
  readonly free: true;
  /** `usable` is never empty; a change of state or weight makes a new one. Its picks ignore the key. */
  create<C extends Candidate>(usable: readonly C[], setup: Setup): Pick<C>;
}

/** What a request is hashed by, as an unsigned number of 32 bits; undefined when it has nothing of the kind. */
export type Key = (facts: RequestFacts) => number | undefined;

/** The server follows from the request, by way of `hash-type`: like requests get the same server. */
export interface HashAlgorithm {
  readonly free: false;
  key(args: readonly string[]): Key;
}

/** One `balance` keyword. */
export type Algorithm = FreeAlgorithm | HashAlgorithm;
