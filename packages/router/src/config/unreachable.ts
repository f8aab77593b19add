import type { Problems } from '@headgate/shared/config/problem';
import type { Position } from '@headgate/shared/config/raw';
import type { ConditionOutline, TermOutline } from '../model/outline.ts';
import { readsOf } from '../rules/reads.ts';
import { isPure } from '../sample/phase.ts';
import type { ProxyDraft } from './draft.ts';
import type { Condition } from '../model/snapshot.ts';

interface Rule {
  readonly at: Position;
  readonly when: Condition | undefined;
}

/** Rules that are evaluated in order until one that ends the list applies. */
interface List<Kind extends Rule = Rule> {
  readonly rules: readonly Kind[];
  /** Whether a rule ends the list when it applies; one that only changes something does not. */
  readonly ends?: (rule: Kind) => boolean;
}

/** Whether an `http-request` rule ends the list when it applies. */
export function endsRequestRules({ text }: { readonly text: string }): boolean {
  return /^http-request (allow|auth|deny|redirect|reject|return|silent-drop|tarpit|use-backend|use-service)( |$)/.test(
    text,
  );
}

function endsTcpRules({ text }: { readonly text: string }): boolean {
  return /^tcp-request [a-z]+ (accept|reject|silent-drop)( |$)/.test(text);
}

/**
 * Warns of rules that no request can reach, because an earlier one always applies or has the same condition. A rule meant as
 * an exception would then never be evaluated.
 */
export function warnOfUnreachable(draft: ProxyDraft, problems: Problems): void {
  // An accepting tcp-request list ends only itself; for a rejecting one, a second warning adds nothing.
  for (const rules of [draft.connectionRules, draft.sessionRules, draft.contentRules])
    report({ rules, ends: endsTcpRules }, problems);
  const requests = report({ rules: draft.requestRules, ends: endsRequestRules }, problems);
  const decided = requests?.text.startsWith('http-request allow') === true ? undefined : requests;
  const redirected = report({ rules: draft.redirects }, problems, decided);
  report({ rules: draft.useBackends.map(({ rule }) => rule) }, problems, decided ?? redirected);
}

/** `before`: the rule of an earlier list that always answers. The result is the first rule that always applies. */
function report<Kind extends Rule>(
  { rules, ends = () => true }: List<Kind>,
  problems: Problems,
  before?: Rule,
): Kind | undefined {
  const seen = new Map<string, Position>();
  let last: Kind | undefined;
  for (const rule of rules) {
    const end = before ?? last;
    if (end !== undefined) {
      problems.warning(rule.at, `this rule is never reached: the one on line ${end.at.line} always applies`);
      continue;
    }
    const text = isPure(readsOf([rule])) ? conditionText(rule.when?.outline) : undefined;
    const same = text === undefined ? undefined : seen.get(text);
    if (same !== undefined)
      problems.warning(rule.at, `this rule is never reached: the one on line ${same.line} has the same condition`);
    // A rule may change what the same condition reads later.
    if (!ends(rule)) seen.clear();
    else if (text !== undefined && same === undefined) seen.set(text, rule.at);
    if (ends(rule) && isAlways(rule.when)) last = rule;
  }
  return last;
}

/** True without a condition, or with one decided by TRUE and FALSE (`always_true`, `always_false`). An invalid condition has no outline. */
function isAlways(when: Condition | undefined): boolean {
  if (when === undefined) return true;
  const { outline } = when;
  if (outline === undefined) return false;
  const holds = outline.alternatives.some((terms) => terms.every((term) => constant(term) === true));
  const fails = outline.alternatives.every((terms) => terms.some((term) => constant(term) === false));
  return outline.keyword === 'if' ? holds : fails;
}

function constant({ criteria, negated }: TermOutline): boolean | undefined {
  if (criteria.some(({ text }) => text === 'always_true')) return !negated;
  return criteria.every(({ text }) => text === 'always_false') ? negated : undefined;
}

/** A key that is equal for equal conditions within one proxy, where a name always refers to the same ACL. */
function conditionText(outline: ConditionOutline | undefined): string | undefined {
  if (outline === undefined) return undefined;
  const { keyword, alternatives } = outline;
  return JSON.stringify([keyword, alternatives.map((terms) => terms.map(({ name, negated }) => [name, negated]))]);
}
