/**
 * Where a match is and what its groups captured, in PCRE's order of preference (leftmost, greedy or not, first alternative first),
 * in linear time: one pass from the end notes at each place which states lead to a match (Frisch and Cardelli, "Greedy regular
 * expression matching", 2004), so that the pass from the start never backtracks.
 *
 * Notes are kept for every 64th place and recomputed for the 64 in use, which doubles the time but needs memory for only n / 64 sets.
 */
import { nextKindAt, symbolAt } from './alphabet.ts';
import { overlap, stepBack } from './automaton.ts';
import type { Automaton } from './automaton.ts';
import { NEXT_KINDS, PREVIOUS, previousOf } from './boundary.ts';
import type { Instruction } from './program.ts';

const BLOCK = 64;

/** Offsets of the match and its groups: start and end of each, -1 for a group that did not participate. */
export type Captured = readonly number[];

/** For each place of a sample the states that take what comes next and lead to a match. */
class Leads {
  readonly #automaton: Automaton;
  readonly #sample: string;
  readonly #marks: Int32Array[] = [];
  #block = -1;
  readonly #places: Int32Array[];

  constructor(automaton: Automaton, sample: string, places: Int32Array[]) {
    this.#automaton = automaton;
    this.#sample = sample;
    const { words } = automaton;
    this.#places = places;
    while (places.length <= Math.min(BLOCK, sample.length)) places.push(new Int32Array(words));
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
    const { accepting, alphabet, takes, words } = this.#automaton;
    const place = placeAt(this.#sample, at + 1);
    stepBack(this.#automaton, later, 1 << place, now);
    const accepts = accepting[place];
    const offset = (alphabet.classOf[symbolAt(this.#sample, at)] ?? 0) * words;
    for (let index = 0; index < words; index += 1)
      now[index] = ((now[index] ?? 0) | (accepts?.[index] ?? 0)) & (takes[offset + index] ?? 0);
  }
}

/** The number of the place before `index`. */
function placeAt(sample: string, index: number): number {
  const previous = index === 0 ? PREVIOUS.start : previousOf(nextKindAt(sample, index - 1));
  return previous * NEXT_KINDS + nextKindAt(sample, index);
}

/** Finds the matches of one sample, from left to right; all of them together take linear time. */
export class Captures {
  readonly #automaton: Automaton;
  readonly #program: readonly Instruction[];
  readonly #slots: number;
  readonly #sample: string;
  readonly #leads: Leads;
  /** Per instruction the last place where it was looked at: looking twice at one place leads nowhere else. */
  readonly #seen: Int32Array;
  #round = 0;

  /** `places`: memory that an earlier, finished search used, or none. */
  constructor(
    automaton: Automaton,
    program: readonly Instruction[],
    groups: number,
    sample: string,
    places: Int32Array[] = [],
  ) {
    this.#automaton = automaton;
    this.#program = program;
    this.#slots = 2 * (groups + 1);
    this.#sample = sample;
    this.#leads = new Leads(automaton, sample, places);
    this.#seen = new Int32Array(program.length);
  }

  /** The first match that begins at `from` or later. */
  next(from: number): Captured | undefined {
    for (let start = from; start <= this.#sample.length; start += 1) if (this.#begins(start)) return this.#walk(start);
    return undefined;
  }

  #begins(index: number): boolean {
    const place = placeAt(this.#sample, index);
    const first = this.#automaton.first[place];
    const bit = 1 << Math.floor(place / NEXT_KINDS);
    return (
      ((this.#automaton.accepting[place]?.[0] ?? 0) & bit) !== 0 ||
      (first !== undefined && overlap(first, this.#leads.at(index)))
    );
  }

  #walk(start: number): Captured | undefined {
    const slots = Array.from({ length: this.#slots }, () => -1);
    slots[0] = start;
    let instruction = 0;
    for (let index = start; index <= this.#sample.length; index += 1) {
      const taken = this.#preferred(instruction, index, slots);
      if (taken === undefined) return undefined;
      if (this.#program[taken]?.op === 'match') {
        slots[1] = index;
        return slots;
      }
      instruction = taken + 1;
    }
    return undefined;
  }

  /** The first instruction, in order of preference, that takes the character at `index` and leads to a match, or the end of one. */
  #preferred(start: number, index: number, slots: number[]): number | undefined {
    this.#round += 1;
    const place = 1 << placeAt(this.#sample, index);
    const leads = this.#leads.at(index);
    // Ways not taken yet. A slot to set back, when all ways after it failed, is noted as its number below zero, with its value.
    const open: number[] = [start];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next < 0) {
        slots[-next - 1] = open.pop() ?? -1;
        continue;
      }
      const instruction = this.#program[next];
      if (instruction === undefined) continue;
      if (this.#seen[next] === this.#round) {
        // A round of a repeat that took nothing is its last, and counts (PCRE).
        if (instruction.op === 'split' && instruction.exit !== undefined) open.push(instruction[instruction.exit]);
        continue;
      }
      this.#seen[next] = this.#round;
      if (instruction.op === 'match') return next;
      if (instruction.op === 'take') {
        const bit = this.#automaton.bitOf[next] ?? 0;
        if ((((leads[bit >> 5] ?? 0) >>> (bit & 31)) & 1) === 1) return next;
      } else if (instruction.op === 'split') open.push(instruction.second, instruction.first);
      else if (instruction.op === 'jump') open.push(instruction.to);
      else if (instruction.op === 'assert') {
        if ((instruction.mask & place) !== 0) open.push(next + 1);
      } else {
        open.push(slots[instruction.slot] ?? -1, -instruction.slot - 1, next + 1);
        slots[instruction.slot] = index;
      }
    }
    return undefined;
  }
}
