import type { Cursor } from '@headgate/shared/config/cursor';
import type { Problems } from '@headgate/shared/config/problem';
import type { Evaluation } from '../../model/evaluation.ts';
import type { RequestFacts } from '../../model/facts.ts';
import type { BalanceSpec } from '../../model/snapshot.ts';
import type { HashFunction } from '../../sample/hash.ts';

/** A server as seen by an algorithm, which is given only servers that may receive balanced traffic. */
export interface Candidate {
  /** Position in the backend, from 1: the ring of `hash-type consistent` is built from it. */
  readonly id: number;
  /** What its places in that ring are counted from, where that is not its number (`hash-key`). */
  readonly ringKey?: number | undefined;
  /** 1..256. */
  readonly weight: number;
  /** What it takes of the load now, in sixteenths of its weight: less than 16 × weight while it warms up (`slowstart`). */
  readonly share: number;
  /** Requests that it serves now. */
  readonly current: number;
  /** Requests that it serves or that wait for it. */
  readonly load: number;
  /** When that last changed: a number that grows with every change of any server. */
  readonly lastChange: number;
  /** No slot is free on it now. */
  readonly full: boolean;
}

/**
 * Chooses a server for one request. It skips every server that is not `open` and is called only while at least one
 * is. Called once per request, so it must not allocate.
 */
export type Pick<C extends Candidate> = (open: (server: C) => boolean, key: number) => C | undefined;

export interface Setup {
  /** The text in parentheses, then the values of the options. */
  readonly args: readonly string[];
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** How an algorithm reads its arguments from a `balance` line. */
export interface Syntax {
  /** The syntax shown in the reference: `uri [whole] [len N]`. */
  readonly form: string;
  /** What is wrong with the text in parentheses after the name, undefined if it is valid. Without this function, no such text is allowed. */
  readonly argument?: (text: string | undefined) => string | undefined;
  /** Parses the words that follow into arguments; undefined when one was refused, and reported. */
  readonly options?: (cursor: Cursor, problems: Problems) => readonly string[] | undefined;
}

/** The server is not determined by the request: any request, or the same one again, may get any server. */
export interface FreeAlgorithm {
  readonly free: true;
  readonly syntax: Syntax;
  /** `usable` is never empty; a change of state or weight creates a new picker. Its picks ignore the key. */
  create<C extends Candidate>(usable: readonly C[], setup: Setup): Pick<C>;
}

/** The hash key of a request, as an unsigned 32-bit number; undefined when the request lacks that part. */
export type Key = (facts: RequestFacts, on: Evaluation | undefined) => number | undefined;

/** The server is determined by the request, through `hash-type`: equal keys get the same server. */
export interface HashAlgorithm {
  readonly free: false;
  readonly syntax: Syntax;
  /** `args`: the text in parentheses, then the values of the options. `hash`: the function of `hash-type`. */
  key(args: readonly string[], hash: HashFunction, expression: BalanceSpec['expression']): Key;
}

/** One `balance` keyword. */
export type Algorithm = FreeAlgorithm | HashAlgorithm;
