/** How one rule is evaluated, as data: each ACL of its condition with its value, and what the rule tracks. */
import type { Position } from '@headgate/shared/config/raw';
import type { ConditionOutline, CriterionOutline, TermOutline } from '../model/outline.ts';
import type { Condition, RequestOutcome, RequestRule } from '../model/snapshot.ts';
import type { Evaluation } from '../model/evaluation.ts';

/** One test of an ACL. When the short circuit skipped it, `value` is undefined and `samples` empty. */
export interface TracedCriterion {
  readonly text: string;
  readonly at: Position;
  readonly value: boolean | undefined;
  readonly samples: ReturnType<CriterionOutline['samples']>;
}

/** One term of a condition: an ACL's name or an anonymous ACL, with its `!`. `value` as in TracedCriterion. */
export interface TracedTerm {
  readonly text: string;
  readonly value: boolean | undefined;
  readonly criteria: readonly TracedCriterion[];
}

/** A rule that was evaluated. `alternatives` are the terms of its condition, split at `or`; empty without a condition. */
export interface TracedRule {
  readonly text: string;
  /** Undefined for default_backend, whose position is not kept. */
  readonly at: Position | undefined;
  readonly applies: boolean;
  readonly alternatives: readonly (readonly TracedTerm[])[];
  /** The key that a `track-sc` rule tracks from here on. Tables are empty, so its counters begin with this request. */
  readonly tracks?: { readonly slot: number; readonly table: string; readonly key: string };
}

/** The parts of any rule that explaining needs. */
export interface AnyRule {
  readonly at: Position;
  readonly text: string;
  readonly when: Condition | undefined;
}

/** Adds a rule and lets it act; undefined when it does not apply. */
export function traceAct(rule: RequestRule, on: Evaluation, rules: TracedRule[]): RequestOutcome | undefined {
  if (!traceRule(rule, on, rules)) return undefined;
  const before = trackedKeys(on);
  const outcome = rule.act(on);
  const tracks = trackedKeys(on).find(({ slot }) => !before.some((one) => one.slot === slot));
  const last = rules.pop();
  if (last !== undefined) rules.push(tracks === undefined ? last : { ...last, tracks });
  return outcome;
}

function trackedKeys({ tracking }: Evaluation): readonly NonNullable<TracedRule['tracks']>[] {
  return Array.from({ length: tracking?.slots ?? 0 }, (_, slot) => ({
    slot,
    tracked: tracking?.tracked(slot),
  })).flatMap(({ slot, tracked }) =>
    tracked === undefined ? [] : [{ slot, table: tracked.table.spec.name, key: tracked.entry.key }],
  );
}

/** Adds a rule and returns whether it applies. */
export function traceRule({ at, text, when }: AnyRule, on: Evaluation, rules: TracedRule[]): boolean {
  const applies = when === undefined || when(on);
  const alternatives = when?.outline === undefined ? [] : traceCondition(when.outline, on);
  rules.push({ text, at, applies, alternatives });
  return applies;
}

function traceCondition({ alternatives }: ConditionOutline, on: Evaluation): TracedTerm[][] {
  let settled = false;
  return alternatives.map((terms) => {
    let all = true;
    const traced = terms.map((term): TracedTerm => {
      const text = term.negated ? `!${term.name}` : term.name;
      if (settled || !all) return { text, value: undefined, criteria: [] };
      all = holds(term, on);
      return { text, value: all, criteria: traceCriteria(term, on) };
    });
    settled ||= all;
    return traced;
  });
}

function holds({ criteria, negated }: TermOutline, on: Evaluation): boolean {
  return criteria.some((criterion) => criterion.test(on)) !== negated;
}

/** The criteria of an ACL, evaluated up to the first that holds. */
function traceCriteria({ criteria }: TermOutline, on: Evaluation): TracedCriterion[] {
  const first = criteria.findIndex((criterion) => criterion.test(on));
  return criteria.map((criterion, index) => {
    const { text, at } = criterion;
    if (first >= 0 && index > first) return { text, at, value: undefined, samples: [] };
    return { text, at, value: index === first, samples: criterion.samples(on) };
  });
}
