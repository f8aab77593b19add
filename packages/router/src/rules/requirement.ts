import type { Condition } from '../model/snapshot.ts';
import type { CriterionOutline, Demand, TermOutline } from '../model/outline.ts';
import { isPure } from '../sample/phase.ts';

/** A criterion that can be indexed. */
export interface Demanding extends CriterionOutline {
  readonly demand: Demand;
}

/** A condition can hold only when one of these criteria does. Empty: it never holds. */
export type Requirement = readonly Demanding[];

/**
 * For each indispensable part of the condition, the requirements of which at least one must be met. Undefined
 * when there is no such part, so that the rule must always be evaluated.
 *
 * `if A B or C`: two parts, A or B for the first and C for the second. `unless !A !B or C`: one part, formed by A and B together,
 * because the rule applies only when the first alternative fails.
 *
 * An excluded criterion is not evaluated. After an impure one this would be visible (a counter not incremented), so an index is
 * only used where everything evaluated before it is pure.
 */
export function partsOf(when: Condition | undefined): readonly (readonly Requirement[])[] | undefined {
  const outline = when?.outline;
  if (outline === undefined) return undefined;
  const parts =
    outline.keyword === 'if'
      ? outline.alternatives.map(termsThatMustHold)
      : [outline.alternatives.every((terms) => terms.every(isPureTerm)) ? outline.alternatives.flatMap(failing) : []];
  return parts.every((choices) => choices.length > 0) ? parts : undefined;
}

/** Each term that is not negated, up to the first that is not pure. */
function termsThatMustHold(terms: readonly TermOutline[]): readonly Requirement[] {
  const impure = terms.findIndex((term) => !isPureTerm(term));
  return terms
    .slice(0, impure < 0 ? undefined : impure)
    .flatMap(({ negated, criteria }) => (!negated && criteria.every(isDemanding) ? [criteria] : []));
}

/** For an alternative to fail, a term of it must: if all are negated, one of their criteria must hold. */
function failing(terms: readonly TermOutline[]): readonly Requirement[] {
  const criteria = terms.flatMap((term) => term.criteria);
  return terms.every(({ negated }) => negated) && criteria.every(isDemanding) ? [criteria] : [];
}

function isPureTerm({ criteria }: TermOutline): boolean {
  return criteria.every(({ reads }) => isPure(reads));
}

function isDemanding(criterion: CriterionOutline): criterion is Demanding {
  return criterion.demand !== undefined;
}
