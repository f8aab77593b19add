import type { Evaluation } from './evaluation.ts';
import type { ConditionOutline } from './outline.ts';

/** A compiled condition; rules without one always apply. */
export interface Condition {
  (on: Evaluation): boolean;
  /** What it was compiled from, for `explain` and to compute what it reads. */
  readonly outline?: ConditionOutline;
}
