/**
 * `captures.ts` by looking into tables, one look per character and pass. What leads to a match before a character depends on what
 * does after it and on nothing else of the sample, so those sets are numbered as they come up, as in search.ts; and which way is
 * taken at a place depends on where the program is, what came before, and the number of the set there.
 *
 * The tables are bounded. A sample that fills them is left to `captures.ts`, and the next one starts with empty tables.
 */
import { SYMBOLS } from './alphabet.ts';
import type { Automaton } from './automaton.ts';
import { NEXT, NEXT_KINDS, PREVIOUS_KINDS, previousOf } from './boundary.ts';
import { beginsAt, leadBefore, previousAt } from './captures.ts';
import type { Captured, Preference } from './preference.ts';
import { keyOf } from './search.ts';

/** Words of 32 bits that the table of sets may take; that of ways takes twice as many. */
const TABLE_WORDS = 16_384;
const FEWEST_SETS = 16;
/** A set's number is noted in one byte for each character. */
const MOST_SETS = 256;
/** Places in the program, each with what came before it: a character of the expression is one. */
const MOST_NODES = 256;
/** Ways are numbers of 16 bits. */
const MOST_STEPS = 32_000;
/** Longer samples are left to `captures.ts`. */
const LONGEST = 65_536;

const UNKNOWN = -1;

/** The sets of the sample that is being matched. Nothing of it is used by the next one. */
let notes = new Uint8Array(1024);

/** A step that does more than take a character. */
interface Step {
  /** Slots that become the index. */
  readonly slots: readonly number[];
  /** Where the program goes on; undefined: this is the end of the match. */
  readonly node: number | undefined;
}

interface Node {
  readonly instruction: number;
  readonly previous: number;
}

export class RememberedCaptures {
  /** Sets the table holds at most. */
  readonly maxSets: number;
  /** For tests of the bound: sets and ways learned. */
  readonly effort = { sets: 0, ways: 0 };
  readonly #automaton: Automaton;
  readonly #preference: Preference;
  readonly #slots: number;
  /** Rows of the table are as long as a power of two, in which all classes of characters fit. */
  readonly #shift: number;
  #full = true;
  #sets: Int32Array[] = [];
  #known = new Map<string, number>();
  /** What comes next (`NEXT`) where a set leads to a match. */
  readonly #kinds = new Uint8Array(MOST_SETS);
  /** A bit for each thing that may have come before (`PREVIOUS`) where a match begins. */
  readonly #begins = new Uint8Array(MOST_SETS);
  /** For each set, the set before a character of each class. */
  #table = new Int32Array(0);
  #nodes: Node[] = [];
  #numbers = new Map<number, number>();
  /** For each node, the way taken with each set: the next node, or below UNKNOWN a step. */
  #ways = new Int16Array(0);
  #steps: Step[] = [];

  constructor(automaton: Automaton, preference: Preference, groups: number) {
    this.#automaton = automaton;
    this.#preference = preference;
    this.#slots = 2 * (groups + 1);
    this.#shift = 32 - Math.clz32(automaton.alphabet.classes - 1);
    const perSet = (1 << this.#shift) + 2 * automaton.words;
    this.maxSets = Math.min(MOST_SETS, Math.max(FEWEST_SETS, Math.floor(TABLE_WORDS / perSet)));
  }

  /** The first match that begins at `from` or later; null when the tables have no room for it. */
  match(sample: string, from: number): Captured | undefined | null {
    if (sample.length >= LONGEST) return null;
    if (this.#full) this.#empty();
    if (!this.#note(sample, from)) return null;
    let previous = previousAt(sample, from);
    for (let start = from; start <= sample.length; start += 1) {
      const set = notes[start]!;
      if (((this.#begins[set]! >> previous) & 1) === 1) return this.#walk(sample.length, start, previous);
      previous = previousOf(this.#kinds[set]!);
    }
    return undefined;
  }

  #empty(): void {
    this.#full = false;
    this.#sets = [];
    this.#known = new Map();
    this.#table = new Int32Array(4 << this.#shift).fill(UNKNOWN);
    this.#nodes = [];
    this.#numbers = new Map();
    this.#ways = new Int16Array(4 * MOST_SETS).fill(UNKNOWN);
    this.#steps = [];
    this.#addSet(new Int32Array(this.#automaton.words), NEXT.end);
  }

  /** Notes the set at each place, from the end; false without room. */
  #note(sample: string, from: number): boolean {
    const { length } = sample;
    if (notes.length <= length) notes = new Uint8Array(2 * length);
    const places = notes;
    const { classOf } = this.#automaton.alphabet;
    const shift = this.#shift;
    let table = this.#table;
    let set = 0;
    places[length] = 0;
    for (let at = length - 1; at >= from; at -= 1) {
      const code = sample.charCodeAt(at);
      let taken = classOf[code < 256 ? code : SYMBOLS.beyond]!;
      if (code === 10 && at === length - 1) taken = classOf[SYMBOLS.lastNewline]!;
      let next = table[(set << shift) + taken]!;
      if (next === UNKNOWN) {
        next = this.#learnSet(set, taken);
        if (next === UNKNOWN) return false;
        table = this.#table;
      }
      set = next;
      places[at] = set;
    }
    return true;
  }

  #learnSet(later: number, taken: number): number {
    const { alphabet, words } = this.#automaton;
    const kind = alphabet.kinds[taken] ?? NEXT.other;
    const place = previousOf(kind) * NEXT_KINDS + (this.#kinds[later] ?? NEXT.end);
    const set = new Int32Array(words);
    leadBefore(this.#automaton, this.#sets[later] ?? set, place, taken, set);
    const next = this.#addSet(set, kind);
    if (next !== UNKNOWN) this.#table[(later << this.#shift) + taken] = next;
    return next;
  }

  #addSet(set: Int32Array, kind: number): number {
    const key = keyOf(set) + String.fromCharCode(kind);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const number = this.#sets.length;
    if (number >= this.maxSets) return this.#noRoom();
    if ((number + 1) << this.#shift > this.#table.length)
      this.#table = grown(this.#table, new Int32Array(2 * this.#table.length));
    this.effort.sets += 1;
    this.#sets.push(set);
    this.#known.set(key, number);
    this.#kinds[number] = kind;
    let begins = 0;
    for (let previous = 0; previous < PREVIOUS_KINDS; previous += 1)
      if (beginsAt(this.#automaton, previous * NEXT_KINDS + kind, set)) begins |= 1 << previous;
    this.#begins[number] = begins;
    return number;
  }

  #noRoom(): number {
    this.#full = true;
    return UNKNOWN;
  }

  #walk(length: number, start: number, previous: number): Captured | undefined | null {
    const slots: number[] = [];
    for (let slot = 0; slot < this.#slots; slot += 1) slots.push(-1);
    slots[0] = start;
    const places = notes;
    let node = this.#nodeOf(0, previous);
    let ways = this.#ways;
    for (let index = start; index <= length; index += 1) {
      if (node === UNKNOWN) return null;
      const set = places[index]!;
      let way = ways[node * MOST_SETS + set]!;
      if (way === UNKNOWN) {
        way = this.#learnWay(node, set);
        if (way === UNKNOWN) return this.#full ? null : undefined;
        ways = this.#ways;
      }
      if (way >= 0) {
        node = way;
        continue;
      }
      const step = this.#steps[-2 - way]!;
      for (let at = 0; at < step.slots.length; at += 1) slots[step.slots[at]!] = index;
      if (step.node === undefined) {
        slots[1] = index;
        return slots;
      }
      node = step.node;
    }
    return undefined;
  }

  /** UNKNOWN without room, or where nothing leads to a match. */
  #learnWay(node: number, set: number): number {
    const { instruction, previous } = this.#nodes[node] ?? { instruction: 0, previous: 0 };
    const kind = this.#kinds[set] ?? NEXT.end;
    const slots = Array.from({ length: this.#slots }, () => -1);
    const leads = this.#sets[set] ?? new Int32Array(this.#automaton.words);
    const taken = this.#preference.next(instruction, 1 << (previous * NEXT_KINDS + kind), leads, slots, 0);
    if (taken === undefined) return UNKNOWN;
    const ended = this.#preference.ends(taken);
    const next = ended ? undefined : this.#nodeOf(taken + 1, previousOf(kind));
    if (next === UNKNOWN) return UNKNOWN;
    const passed = [...slots.keys()].filter((slot) => slots[slot] === 0);
    let way = next ?? UNKNOWN;
    if (next === undefined || passed.length > 0) {
      if (this.#steps.length === MOST_STEPS) return this.#noRoom();
      this.#steps.push({ slots: passed, node: next });
      way = -1 - this.#steps.length;
    }
    this.effort.ways += 1;
    this.#ways[node * MOST_SETS + set] = way;
    return way;
  }

  #nodeOf(instruction: number, previous: number): number {
    const key = instruction * PREVIOUS_KINDS + previous;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#nodes.length;
    if (number >= MOST_NODES) return this.#noRoom();
    if ((number + 1) * MOST_SETS > this.#ways.length)
      this.#ways = grown(this.#ways, new Int16Array(2 * this.#ways.length));
    this.#nodes.push({ instruction, previous });
    this.#numbers.set(key, number);
    return number;
  }
}

function grown<Table extends Int32Array | Int16Array>(table: Table, larger: Table): Table {
  larger.fill(UNKNOWN).set(table);
  return larger;
}
