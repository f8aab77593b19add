import type { Cursor } from '@headgate/shared/config/cursor';
import type { Problems } from '@headgate/shared/config/problem';
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
  /** The text in brackets, then what the options made. */
  readonly args: readonly string[];
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** How a `balance` line gives an algorithm its arguments: it alone knows what they mean. */
export interface Syntax {
  /** As the reference shows it: `uri [whole] [len N]`. */
  readonly form: string;
  /** What is wrong with the text in brackets after the name, undefined for nothing. Without this, nothing may stand there. */
  readonly argument?: (text: string | undefined) => string | undefined;
  /** Reads the words that follow, into the arguments they make; undefined when one was refused, and reported. */
  readonly options?: (cursor: Cursor, problems: Problems) => readonly string[] | undefined;
}

/** The server does not follow from the request: the next request may get any, and so may the same one again. */
export interface FreeAlgorithm {
  readonly free: true;
  readonly syntax: Syntax;
  /** `usable` is never empty; a change of state or weight makes a new one. Its picks ignore the key. */
  create<C extends Candidate>(usable: readonly C[], setup: Setup): Pick<C>;
}

/** What a request is hashed by, as an unsigned number of 32 bits; undefined when it has nothing of the kind. */
export type Key = (facts: RequestFacts) => number | undefined;

/** The server follows from the request, by way of `hash-type`: like requests get the same server. */
export interface HashAlgorithm {
  readonly free: false;
  readonly syntax: Syntax;
  /** `args`: the text in brackets, then what the options made. */
  key(args: readonly string[]): Key;
}

/** One `balance` keyword. */
export type Algorithm = FreeAlgorithm | HashAlgorithm;
