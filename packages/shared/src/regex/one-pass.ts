/**
 * Captures in one pass over the sample, for expressions in which the next character always decides which way leads on, such as
 * `^/old/(.*)$` and `^https://([^/]*)/`. Other expressions have no such table, and are left to `remembered-captures.ts`.
 *
 * Where the match could also end before a character, the way that goes on is the preferred one. If it leads to no match after all,
 * the last place where it could have ended is its end; that place is noted only where the rest of the sample can decide it.
 *
 * The table is made once, before the first sample, and is bounded; no sample adds to it.
 */
import { SYMBOLS } from './alphabet.ts';
import type { Automaton } from './automaton.ts';
import { NEXT, NEXT_KINDS, PREVIOUS, PREVIOUS_KINDS } from './boundary.ts';
import type { Captured, Preference } from './preference.ts';

/** Of a larger expression no table is made: making it has to take less than some milliseconds. */
const MOST_INSTRUCTIONS = 256;
/** Words of 32 bits in the table. */
const TABLE_WORDS = 4096;
/** Nine groups: replacements can refer to no more, and slots are copied where a match may end. */
const MOST_SLOTS = 20;

/** In the table: no way leads on. Values below are steps, those from 0 on the row of the next state. */
const NOWHERE = -1;

/** What a character does other than lead to the next state. */
interface Step {
  /** Slots that become the index. */
  readonly slots: readonly number[];
  /** Slots that become the index if the match ends here after all; undefined: it cannot. */
  readonly otherwise: readonly number[] | undefined;
  /** The row of the next state; NOWHERE: the match ends here. */
  readonly row: number;
}

export class OnePass {
  readonly #classOf: Uint16Array;
  readonly #table: Int32Array;
  readonly #steps: readonly Step[];
  readonly #none: readonly number[];

  constructor(classOf: Uint16Array, table: Int32Array, steps: readonly Step[], slots: number) {
    this.#classOf = classOf;
    this.#table = table;
    this.#steps = steps;
    this.#none = Array.from({ length: slots }, () => -1);
  }

  /** The match that begins at the start of the sample. */
  match(sample: string): Captured | undefined {
    const classOf = this.#classOf;
    const table = this.#table;
    const { length } = sample;
    const end = length > 0 && sample.charCodeAt(length - 1) === 10 ? length - 1 : length;
    let slots: number[] | undefined;
    let ended: number[] | undefined;
    let row = 0;
    for (let index = 0; ; index += 1) {
      let way = NOWHERE;
      for (; index < end; index += 1) {
        const code = sample.charCodeAt(index);
        way = table[row + classOf[code < SYMBOLS.beyond ? code : SYMBOLS.beyond]!]!;
        // Most characters lead nowhere new. Asking first keeps one look into the table from waiting for the one before it.
        if (way === row) continue;
        if (way < 0) break;
        row = way;
      }
      if (index >= end) {
        way = table[row + classOf[index < length ? SYMBOLS.lastNewline : SYMBOLS.end]!]!;
        if (way >= 0) {
          row = way;
          continue;
        }
      }
      if (way === NOWHERE) return ended;
      const step = this.#steps[-2 - way]!;
      slots ??= this.#begin();
      if (step.otherwise !== undefined) ended = endedAt(index, slots, step.otherwise, ended);
      for (let at = 0; at < step.slots.length; at += 1) slots[step.slots[at]!] = index;
      if (step.row === NOWHERE) {
        slots[1] = index;
        return slots;
      }
      row = step.row;
    }
  }

  #begin(): number[] {
    const slots = this.#none.slice();
    slots[0] = 0;
    return slots;
  }
}

/** The match if it ends at the index, after the slots that are passed then, in the memory of the one before. */
function endedAt(
  index: number,
  slots: readonly number[],
  passed: readonly number[],
  before: number[] | undefined,
): number[] {
  const ended = before ?? slots.slice();
  for (let slot = 0; slot < slots.length; slot += 1) ended[slot] = slots[slot]!;
  for (let at = 0; at < passed.length; at += 1) ended[passed[at]!] = index;
  ended[1] = index;
  return ended;
}

/** The table of an expression; undefined where it has none, or one that is too large. */
export function onePass(automaton: Automaton, preference: Preference, groups: number): OnePass | undefined {
  const slots = 2 * (groups + 1);
  if (slots > MOST_SLOTS || automaton.bitOf.length > MOST_INSTRUCTIONS) return undefined;
  const ways = new Ways(automaton, preference, slots).all();
  return ways === undefined ? undefined : tableOf(automaton, ways, slots);
}

/** What a character leads to. */
interface Way {
  readonly slots: readonly number[];
  /** Where the match could also end before it: the slots passed then. */
  readonly otherwise: readonly number[] | undefined;
  /** The next state; undefined: the match ends here. */
  readonly state: number | undefined;
}

/** For each state and each class of characters the one way that leads on, if any. */
class Ways {
  readonly #automaton: Automaton;
  readonly #preference: Preference;
  readonly #slots: number;
  readonly #states: { readonly instruction: number; readonly previous: number }[] = [];
  readonly #numbers = new Map<number, number>();

  constructor(automaton: Automaton, preference: Preference, slots: number) {
    this.#automaton = automaton;
    this.#preference = preference;
    this.#slots = slots;
  }

  /** Undefined where there are several for one character, or too many states. */
  all(): readonly (readonly (Way | undefined)[])[] | undefined {
    const { classes } = this.#automaton.alphabet;
    const rows: (Way | undefined)[][] = [];
    this.#stateOf(0, PREVIOUS.start);
    for (let state = 0; state < this.#states.length; state += 1) {
      if ((state + 1) * classes > TABLE_WORDS) return undefined;
      const row: (Way | undefined)[] = [];
      for (let taken = 0; taken < classes; taken += 1) {
        const way = this.#wayOf(state, taken);
        if (way === 'several') return undefined;
        row.push(way);
      }
      rows.push(row);
    }
    return rows;
  }

  #wayOf(state: number, taken: number): Way | 'several' | undefined {
    const { alphabet, bitOf, passed, takes, words } = this.#automaton;
    const { instruction, previous } = this.#states[state] ?? { instruction: 0, previous: PREVIOUS.start };
    const kind = alphabet.kinds[taken] ?? NEXT.end;
    const place = 1 << (previous * NEXT_KINDS + kind);
    // As if all that take the character led to a match; then without the one that comes first.
    const leads = takes.slice(taken * words, (taken + 1) * words);
    const first = this.#next(instruction, place, leads);
    if (first === undefined) return undefined;
    if (this.#preference.ends(first.to)) return { slots: first.slots, otherwise: undefined, state: undefined };
    const bit = bitOf[first.to] ?? 0;
    leads[bit >> 5] = (leads[bit >> 5] ?? 0) & ~(1 << (bit & 31));
    const second = this.#next(instruction, place, leads);
    if (second !== undefined && !this.#preference.ends(second.to)) return 'several';
    const next = this.#stateOf(first.to + 1, passed[kind] ?? PREVIOUS.other);
    return { slots: first.slots, otherwise: second?.slots, state: next };
  }

  #next(
    instruction: number,
    place: number,
    leads: Int32Array,
  ): { readonly to: number; readonly slots: readonly number[] } | undefined {
    const slots = Array.from({ length: this.#slots }, () => -1);
    const to = this.#preference.next(instruction, place, leads, slots, 0);
    return to === undefined ? undefined : { to, slots: [...slots.keys()].filter((slot) => slots[slot] === 0) };
  }

  #stateOf(instruction: number, previous: number): number {
    const key = instruction * PREVIOUS_KINDS + previous;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#states.push({ instruction, previous }) - 1;
    this.#numbers.set(key, number);
    return number;
  }
}

function tableOf({ alphabet }: Automaton, ways: readonly (readonly (Way | undefined)[])[], slots: number): OnePass {
  const { classes, classOf } = alphabet;
  const sure = sureOf(ways);
  const steps: Step[] = [];
  const table = new Int32Array(ways.length * classes).fill(NOWHERE);
  for (const [state, row] of ways.entries())
    for (const [taken, way] of row.entries()) {
      if (way === undefined) continue;
      const next = way.state === undefined ? NOWHERE : way.state * classes;
      const otherwise = way.state !== undefined && sure.has(way.state) ? undefined : way.otherwise;
      const plain = next !== NOWHERE && way.slots.length === 0 && otherwise === undefined;
      table[state * classes + taken] = plain ? next : -1 - steps.push({ slots: way.slots, otherwise, row: next });
    }
  return new OnePass(classOf, table, steps, slots);
}

/** The states from where every text leads to a match. */
function sureOf(ways: readonly (readonly (Way | undefined)[])[]): ReadonlySet<number> {
  const sure = new Set(ways.keys());
  for (let before = -1; before !== sure.size;) {
    before = sure.size;
    for (const state of sure) {
      const leads = (way: Way | undefined): boolean =>
        way !== undefined && (way.state === undefined || sure.has(way.state));
      if (ways[state]?.every(leads) !== true) sure.delete(state);
    }
  }
  return sure;
}
