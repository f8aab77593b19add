import type { Condition, RuleIndex, Rules } from '../model/snapshot.ts';
import type { Evaluation } from '../model/evaluation.ts';
import type { Demand } from '../model/outline.ts';
import { lookups } from '../sample/text-lookup.ts';
import type { Lookup } from '../sample/text-lookup.ts';
import { partsOf } from './requirement.ts';
import type { Demanding, Requirement } from './requirement.ts';

/** Below this number of indexed rules, evaluating them one by one is as fast. */
const WORTH = 8;

/**
 * The rules with an index over their conditions, when at least `worth` of them can be looked up. The index excludes only rules
 * whose condition cannot hold; conditions still decide, in file order. Call it when all ACLs are known.
 */
export function indexed<Rule extends { readonly when: Condition | undefined }>(
  rules: readonly Rule[],
  worth = WORTH,
): Rules<Rule> {
  const requirements = chosen(rules);
  const found = requirements.filter((requirement) => requirement !== undefined).length;
  return found < worth ? rules : Object.assign([...rules], { index: new Index(requirements) });
}

/** The requirement of each rule, undefined for one that must always be evaluated. */
function chosen(rules: readonly { readonly when: Condition | undefined }[]): readonly (Requirement | undefined)[] {
  const parts = rules.map(({ when }) => partsOf(when));
  const rarity = new Rarity(parts.flatMap((one) => one?.flat(2) ?? []));
  return parts.map((one) => one?.flatMap((choices) => rarity.best(choices)));
}

/** Of several usable requirements, the best is the one that the fewest rules share: the host rather than `path_beg /`. */
class Rarity {
  /** How many criteria use a text, by the expression it is compared with. */
  readonly #uses = new Map<string, number>();
  readonly #weights = new Map<Demanding, number>();

  constructor(uses: readonly Demanding[]) {
    const counts = new Map<Demanding, number>();
    for (const criterion of uses) counts.set(criterion, (counts.get(criterion) ?? 0) + 1);
    for (const [{ demand }, count] of counts)
      for (const text of demand.texts)
        this.#uses.set(keyOf(demand, text), (this.#uses.get(keyOf(demand, text)) ?? 0) + count);
  }

  best(choices: readonly Requirement[]): Requirement {
    let best: Requirement = [];
    let least = Infinity;
    for (const choice of choices) {
      const weight = choice.reduce((most, criterion) => Math.max(most, this.#weightOf(criterion)), 0);
      if (weight >= least) continue;
      best = choice;
      least = weight;
    }
    return best;
  }

  #weightOf(criterion: Demanding): number {
    let weight = this.#weights.get(criterion);
    if (weight !== undefined) return weight;
    weight = 0;
    for (const text of criterion.demand.texts)
      weight = Math.max(weight, this.#uses.get(keyOf(criterion.demand, text)) ?? 0);
    this.#weights.set(criterion, weight);
    return weight;
  }
}

function keyOf({ subject, match }: Demand, text: string): string {
  return `${match} ${subject} ${text}`;
}

/**
 * Rules by the values of expressions. Every expression is evaluated once per request, however many rules use it, and each of its
 * values is looked up. Evaluating the rules would visit the same values once per rule, so no request becomes more expensive.
 */
class Index implements RuleIndex {
  /** Bits of the rules that must always be evaluated. */
  readonly #always: Uint32Array;
  readonly #marked: Uint32Array;
  readonly #subjects: readonly Subject[];

  constructor(requirements: readonly (Requirement | undefined)[]) {
    this.#always = new Uint32Array(Math.ceil(requirements.length / 32));
    this.#marked = new Uint32Array(this.#always.length);
    const rulesOf = new Map<Demanding, number[]>();
    for (const [rule, requirement] of requirements.entries()) {
      if (requirement === undefined) mark(this.#always, rule);
      for (const criterion of requirement ?? []) push(rulesOf, criterion, rule);
    }
    const subjects = Map.groupBy(rulesOf.keys(), ({ demand }) => demand.subject);
    this.#subjects = [...subjects.values()].map((criteria) => new Subject(criteria, rulesOf, this.#marked));
  }

  candidates(on: Evaluation): Uint32Array | undefined {
    this.#marked.set(this.#always);
    for (const subject of this.#subjects) if (!subject.markRules(on)) return undefined;
    return this.#marked;
  }
}

/** One expression, and the tables in which its values are looked up. */
class Subject {
  readonly #findsOther: (on: Evaluation) => boolean;
  readonly #tables: readonly Table[];

  constructor(criteria: readonly Demanding[], rulesOf: ReadonlyMap<Demanding, readonly number[]>, marked: Uint32Array) {
    const byMatch = Map.groupBy(criteria, ({ demand }) => demand.match);
    this.#tables = [...byMatch].map(([match, group]) => new Table(lookups[match], group, rulesOf, marked));
    const [first] = criteria;
    this.#findsOther = first === undefined ? () => false : first.demand.each((value) => !this.#lookUp(value));
  }

  /** False when a value cannot be looked up, so that every rule has to be evaluated. */
  markRules(on: Evaluation): boolean {
    for (const table of this.#tables) table.begin();
    return !this.#findsOther(on);
  }

  #lookUp(value: string): boolean {
    const lower = value.toLowerCase();
    // Requests are latin1. Other text (from a test or a command line) may change its length when lower-cased.
    if (/[\u0100-\uffff]/.test(lower)) return false;
    for (const table of this.#tables) table.markRules(lower);
    return true;
  }
}

/** The texts of criteria with one match method, and the rules that need them. */
class Table {
  readonly #look: Lookup;
  readonly #visit: (number: number) => boolean;
  /** The request in which a text was last found: when found again (`a.a.a`), its rules are already marked. */
  readonly #found: Uint32Array;
  #request = 0;

  constructor(
    lookup: (texts: readonly string[]) => Lookup,
    criteria: readonly Demanding[],
    rulesOf: ReadonlyMap<Demanding, readonly number[]>,
    marked: Uint32Array,
  ) {
    const byText = new Map<string, Demanding[]>();
    for (const criterion of criteria) for (const text of criterion.demand.texts) push(byText, text, criterion);
    const rules = [...byText.values()].map((demanding) => demanding.map((criterion) => rulesOf.get(criterion) ?? []));
    this.#look = lookup([...byText.keys()]);
    this.#found = new Uint32Array(rules.length);
    this.#visit = (number) => {
      if (this.#found[number] === this.#request) return false;
      this.#found[number] = this.#request;
      for (const list of rules[number] ?? []) for (const rule of list) mark(marked, rule);
      return false;
    };
  }

  begin(): void {
    this.#request = (this.#request + 1) >>> 0;
    if (this.#request !== 0) return;
    // The request number wraps around after 2^32 requests.
    this.#found.fill(0);
    this.#request = 1;
  }

  markRules(value: string): void {
    this.#look(value, this.#visit);
  }
}

function mark(bits: Uint32Array, rule: number): void {
  bits[rule >>> 5] = (bits[rule >>> 5] ?? 0) | (1 << (rule & 31));
}

function push<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
