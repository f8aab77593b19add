import type { Condition, RuleIndex, Rules } from '../model/snapshot.ts';
import type { Evaluation } from '../model/evaluation.ts';
import type { Demand } from '../model/outline.ts';
import { lookups } from '../sample/text-lookup.ts';
import type { Lookup } from '../sample/text-lookup.ts';
import { partsOf } from './requirement.ts';
import type { Demanding, Requirement } from './requirement.ts';

/** Fewer rules with something to look up are asked as quickly one by one. */
const WORTH = 8;

/**
 * The rules with an index over their conditions, when at least `worth` of them can be looked up. The index leaves out only rules
 * whose condition cannot hold; conditions still decide, in file order. To be called when all ACLs are known.
 */
export function indexed<Rule extends { readonly when: Condition | undefined }>(
  rules: readonly Rule[],
  worth = WORTH,
): Rules<Rule> {
  const requirements = chosen(rules);
  const found = requirements.filter((requirement) => requirement !== undefined).length;
  return found < worth ? rules : Object.assign([...rules], { index: new Index(requirements) });
}

/** For each rule what it requires, undefined when it must always be asked. */
function chosen(rules: readonly { readonly when: Condition | undefined }[]): readonly (Requirement | undefined)[] {
  const parts = rules.map(({ when }) => partsOf(when));
  const rarity = new Rarity(parts.flatMap((one) => one?.flat(2) ?? []));
  return parts.map((one) => one?.flatMap((choices) => rarity.best(choices)));
}

/** Where any of several requirements will do, the best is the one that the fewest rules share: not `path_beg /` but the host. */
class Rarity {
  /** How many uses of criteria have a text, by what it is compared with. */
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
 * Rules by the values of expressions. Every expression is evaluated once for a request, however many rules ask it, and each of its
 * values is looked up: asking the rules would go through the same values once for each of them, so no request is made dearer by this.
 */
class Index implements RuleIndex {
  /** Of rules that must always be asked. */
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

/** One expression, and the tables that its values are looked up in. */
class Subject {
  readonly #findsOther: (on: Evaluation) => boolean;
  readonly #tables: readonly Table[];

  constructor(criteria: readonly Demanding[], rulesOf: ReadonlyMap<Demanding, readonly number[]>, marked: Uint32Array) {
    const byMatch = Map.groupBy(criteria, ({ demand }) => demand.match);
    this.#tables = [...byMatch].map(([match, group]) => new Table(lookups[match], group, rulesOf, marked));
    const [first] = criteria;
    this.#findsOther = first === undefined ? () => false : first.demand.each((value) => !this.#lookUp(value));
  }

  /** False when a value is not one to look up, so that every rule has to be asked. */
  markRules(on: Evaluation): boolean {
    for (const table of this.#tables) table.begin();
    return !this.#findsOther(on);
  }

  #lookUp(value: string): boolean {
    const lower = value.toLowerCase();
    // Requests are bytes. What is not (a test, a word of a command line) may be lower-cased to something of another length.
    if (/[\u0100-\uffff]/.test(lower)) return false;
    for (const table of this.#tables) table.markRules(lower);
    return true;
  }
}

/** The texts of criteria with one match, and the rules that need them. */
class Table {
  readonly #look: Lookup;
  readonly #visit: (number: number) => boolean;
  /** The request in which a text was found last: found again (`a.a.a`), its rules are marked already. */
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
    // After four thousand million requests the numbers begin anew.
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
