import type { Position } from '@headgate/shared/config/raw';
import type { Evaluation } from './evaluation.ts';
import type { Read } from './values.ts';

/** One criterion of an ACL: a line `acl NAME ...`, or what is between braces. */
export interface CriterionOutline {
  /** As it was written, without `acl NAME`. */
  readonly text: string;
  readonly at: Position;
  readonly test: (on: Evaluation) => boolean;
  /** What it depends on. */
  readonly reads: readonly Read[];
  /** What the fetch finds, as texts. */
  readonly samples: (on: Evaluation) => readonly string[];
  /** Undefined: an index cannot tell whether it may hold. */
  readonly demand: Demand | undefined;
}

/**
 * A criterion in the form an index is made of: it can only hold when some value fits one of the texts, regard to case aside.
 * What an index leaves out is not even asked, so the demand may be weaker than the criterion, never stronger.
 */
export interface Demand {
  /** Alike for expressions that have the same values. */
  readonly subject: string;
  /** Puts a test on every value of the expression; true when one passes. */
  readonly each: (test: (value: string) => boolean) => (on: Evaluation) => boolean;
  readonly match: 'str' | 'beg' | 'end' | 'dir' | 'dom';
  /** Lower-cased, each once; for `dir` and `dom` without delimiters around them. */
  readonly texts: readonly string[];
}

/** One word of a condition: an ACL by its name or between braces. It holds when any criterion does, `negated` turning that round. */
export interface TermOutline {
  readonly name: string;
  readonly negated: boolean;
  readonly criteria: readonly CriterionOutline[];
}

/** The form of a condition that can be told: alternatives of terms, under `if` or `unless`. Kept beside the compiled closure for `explain`. */
export interface ConditionOutline {
  readonly keyword: 'if' | 'unless';
  readonly alternatives: readonly (readonly TermOutline[])[];
}
