import type { Problems } from '@headgate/shared/config/problem';
import type { Position } from '@headgate/shared/config/raw';
import type { ConditionOutline, TermOutline } from '../model/outline.ts';
import { readsOf } from '../rules/reads.ts';
import { isPure } from '../sample/phase.ts';
import type { ProxyDraft } from './draft.ts';
import type { Condition } from '../model/snapshot.ts';

/** A rule that ends its list when it applies. */
interface Rule {
  readonly at: Position;
  readonly when: Condition | undefined;
}

/** Rules that are asked in order until one applies. */
interface List {
  readonly rules: readonly Rule[];
  /** Whether a rule that applies decides the request, and not this list alone. */
  readonly decides: (rule: Rule) => boolean;
}

const never = (): boolean => false;
const always = (): boolean => true;

/**
 * Warns of rules that no request can reach: an earlier one always applies, or has the same condition. What was meant to be
 * an exception is then never looked at.
 */
export function warnOfUnreachable(draft: ProxyDraft, problems: Problems): void {
  const allows = new Set<Rule>(draft.requestRules.filter(({ text }) => text.startsWith('http-request allow')));
  // tcp-request lists end for themselves where they accept; where they reject, what follows is not worth a second sentence.
  report({ rules: draft.connectionRules, decides: never }, [], problems);
  report({ rules: draft.contentRules, decides: never }, [], problems);
  const backends: List = { rules: draft.useBackends.map(({ rule }) => rule), decides: always };
  const redirects: List = { rules: draft.redirects, decides: always };
  const requests: List = { rules: draft.requestRules, decides: (rule) => !allows.has(rule) };
  report(requests, [redirects, backends], problems);
  report(redirects, [backends], problems);
  report(backends, [], problems);
}

function report(list: List, later: readonly List[], problems: Problems): void {
  const seen = new Map<string, Position>();
  let end: Rule | undefined;
  for (const rule of list.rules) {
    if (end !== undefined) {
      problems.warning(rule.at, `this rule is never reached: the one on line ${end.at.line} always applies`);
      continue;
    }
    const text = isPure(readsOf([rule])) ? conditionText(rule.when?.outline) : undefined;
    const before = text === undefined ? undefined : seen.get(text);
    if (before !== undefined)
      problems.warning(rule.at, `this rule is never reached: the one on line ${before.line} has the same condition`);
    else if (text !== undefined) seen.set(text, rule.at);
    if (isAlways(rule.when)) end = rule;
  }
  if (end === undefined || !list.decides(end)) return;
  for (const { at } of later.flatMap(({ rules }) => rules))
    problems.warning(at, `this rule is never reached: the one on line ${end.at.line} always applies`);
}

/** No condition, or one that the words TRUE and FALSE decide. A condition that is wrong has no outline. */
function isAlways(when: Condition | undefined): boolean {
  if (when === undefined) return true;
  const { outline } = when;
  if (outline === undefined) return false;
  const holds = outline.alternatives.some((terms) => terms.every((term) => constant(term) === true));
  const fails = outline.alternatives.every((terms) => terms.some((term) => constant(term) === false));
  return outline.keyword === 'if' ? holds : fails;
}

function constant({ name, negated }: TermOutline): boolean | undefined {
  const value = name === 'TRUE' ? true : name === 'FALSE' ? false : undefined;
  return value === undefined ? undefined : value !== negated;
}

/** The same text for the same condition within one proxy: a name means the same in all of its lines. */
function conditionText(outline: ConditionOutline | undefined): string | undefined {
  if (outline === undefined) return undefined;
  const { keyword, alternatives } = outline;
  return JSON.stringify([keyword, alternatives.map((terms) => terms.map(({ name, negated }) => [name, negated]))]);
}
