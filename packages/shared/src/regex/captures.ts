/**
 * Where a match is and what its groups captured, in PCRE's order of preference, in linear time: one pass from the end notes at
 * each place which states lead to a match (Frisch and Cardelli, "Greedy regular expression matching", 2004), so that the pass from
 * the start never backtracks. `remembered-captures.ts` does the same by looking into tables, while those have room.
 *
 * Notes are kept for every 64th place and recomputed for the 64 in use, which doubles the time but needs memory for only n / 64 sets.
 */
import { nextKindAt, symbolAt } from './alphabet.ts';
import { overlap, stepBack } from './automaton.ts';
import type { Automaton } from './automaton.ts';
import { NEXT_KINDS, PREVIOUS, previousOf } from './boundary.ts';
import type { Captured, Preference } from './preference.ts';

const BLOCK = 64;

/** For each place of a sample the states that take what comes next and lead to a match. */
class Leads {
  readonly #automaton: Automaton;
  readonly #sample: string;
  readonly #marks: Int32Array[] = [];
  #block = -1;
  readonly #places: Int32Array[];

  constructor(automaton: Automaton, sample: string) {
    this.#automaton = automaton;
    this.#sample = sample;
    const { words } = automaton;
    this.#places = Array.from({ length: Math.min(BLOCK, sample.length) + 1 }, () => new Int32Array(words));
    let later: Int32Array = new Int32Array(words);
    this.#marks[Math.ceil(sample.length / BLOCK)] = later.slice();
    // `at` computes the only block there is.
    if (sample.length <= BLOCK) return;
    let now: Int32Array = new Int32Array(words);
    for (let at = sample.length - 1; at >= 0; at -= 1) {
      this.#before(at, later, now);
      if (at % BLOCK === 0) this.#marks[at / BLOCK] = now.slice();
      [later, now] = [now, later];
    }
  }

  at(index: number): Int32Array {
    const block = Math.floor(index / BLOCK);
    if (block !== this.#block) this.#fill(block);
    return this.#places[index - block * BLOCK] ?? new Int32Array(this.#automaton.words);
  }

  #fill(block: number): void {
    const start = block * BLOCK;
    const end = Math.min(start + BLOCK, this.#sample.length);
    this.#block = block;
    const mark = this.#marks[Math.ceil(end / BLOCK)];
    if (mark !== undefined) this.#places[end - start]?.set(mark);
    for (let at = end - 1; at >= start; at -= 1) {
      const [later, now] = [this.#places[at - start + 1], this.#places[at - start]];
      if (later !== undefined && now !== undefined) this.#before(at, later, now);
    }
  }

  #before(at: number, later: Int32Array, now: Int32Array): void {
    const taken = this.#automaton.alphabet.classOf[symbolAt(this.#sample, at)] ?? 0;
    leadBefore(this.#automaton, later, placeAt(this.#sample, at + 1), taken, now);
  }
}

/** What leads to a match before a character of class `taken`, after which `place` is and `later` leads to one. */
export function leadBefore(
  automaton: Automaton,
  later: Int32Array,
  place: number,
  taken: number,
  now: Int32Array,
): void {
  const { accepting, takes, words } = automaton;
  stepBack(automaton, later, 1 << place, now);
  const accepts = accepting[place];
  const offset = taken * words;
  for (let index = 0; index < words; index += 1)
    now[index] = ((now[index] ?? 0) | (accepts?.[index] ?? 0)) & (takes[offset + index] ?? 0);
}

/** Whether a match begins at a place, where `leads` lead to one. */
export function beginsAt({ accepting, first }: Automaton, place: number, leads: Int32Array): boolean {
  const bit = 1 << Math.floor(place / NEXT_KINDS);
  const starts = first[place];
  return ((accepting[place]?.[0] ?? 0) & bit) !== 0 || (starts !== undefined && overlap(starts, leads));
}

/** What came before `index`. */
export function previousAt(sample: string, index: number): number {
  return index === 0 ? PREVIOUS.start : previousOf(nextKindAt(sample, index - 1));
}

/** The number of the place before `index`. */
function placeAt(sample: string, index: number): number {
  return previousAt(sample, index) * NEXT_KINDS + nextKindAt(sample, index);
}

/** Finds the matches of one sample, from left to right; all of them together take linear time. */
export class Captures {
  readonly #automaton: Automaton;
  readonly #preference: Preference;
  readonly #slots: number;
  readonly #sample: string;
  readonly #leads: Leads;

  constructor(automaton: Automaton, preference: Preference, groups: number, sample: string) {
    this.#automaton = automaton;
    this.#preference = preference;
    this.#slots = 2 * (groups + 1);
    this.#sample = sample;
    this.#leads = new Leads(automaton, sample);
  }

  /** The first match that begins at `from` or later. */
  next(from: number): Captured | undefined {
    for (let start = from; start <= this.#sample.length; start += 1)
      if (beginsAt(this.#automaton, placeAt(this.#sample, start), this.#leads.at(start))) return this.#walk(start);
    return undefined;
  }

  #walk(start: number): Captured | undefined {
    const slots = Array.from({ length: this.#slots }, () => -1);
    slots[0] = start;
    let instruction = 0;
    for (let index = start; index <= this.#sample.length; index += 1) {
      const place = 1 << placeAt(this.#sample, index);
      const taken = this.#preference.next(instruction, place, this.#leads.at(index), slots, index);
      if (taken === undefined) return undefined;
      if (this.#preference.ends(taken)) {
        slots[1] = index;
        return slots;
      }
      instruction = taken + 1;
    }
    return undefined;
  }
}
