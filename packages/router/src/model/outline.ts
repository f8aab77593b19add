import type { Position } from '@headgate/shared/config/raw';
import type { Evaluation } from './evaluation.ts';
import type { Read } from './values.ts';

/** One criterion of an ACL: a line `acl NAME ...`, or the text between braces. */
export interface CriterionOutline {
  /** As it was written, without `acl NAME`. */
  readonly text: string;
  readonly at: Position;
  readonly test: (on: Evaluation) => boolean;
  /** The reads it depends on. */
  readonly reads: readonly Read[];
  /** The samples found by the fetch, as text. */
  readonly samples: (on: Evaluation) => readonly string[];
  /** Undefined: an index cannot decide whether it may hold. */
  readonly demand: Demand | undefined;
}

/**
 * A criterion in the form an index is built from: it can only hold when some value matches one of the texts, ignoring case.
 * What an index excludes is never evaluated, so the demand may be weaker than the criterion, never stronger.
 */
export interface Demand {
  /** Equal for expressions that have the same values. */
  readonly subject: string;
  /** Applies a test to every value of the expression; true when one passes. */
  readonly each: (test: (value: string) => boolean) => (on: Evaluation) => boolean;
  readonly match: 'str' | 'beg' | 'end' | 'dir' | 'dom';
  /** Lower-cased, each once; for `dir` and `dom` without delimiters around them. */
  readonly texts: readonly string[];
}

/** One term of a condition: an ACL by name or between braces. It holds when any criterion does, unless `negated`. */
export interface TermOutline {
  readonly name: string;
  readonly negated: boolean;
  readonly criteria: readonly CriterionOutline[];
}

/** The structure of a condition: alternatives of terms, under `if` or `unless`. Kept with the compiled closure for `explain`. */
export interface ConditionOutline {
  readonly keyword: 'if' | 'unless';
  readonly alternatives: readonly (readonly TermOutline[])[];
}
