/**
 * "Does it match anywhere": the automaton with its sets of states numbered as they come up (a lazy DFA), so that the usual
 * character costs one look into a table. The table is bounded. Where a sample keeps producing new sets, the search continues
 * without the table, at `stepCost` per character; the next sample starts with an empty table.
 *
 * For a sample of n characters that is at most n table look-ups, `maxSets` new sets and n steps of `stepCost` operations.
 */
import { SYMBOLS } from './alphabet.ts';
import { PLACE_BITS, overlap, setBit, step } from './automaton.ts';
import type { Automaton } from './automaton.ts';
import { NEXT, NEXT_KINDS, PREVIOUS } from './boundary.ts';

/** Words of 32 bits that the table of one expression may take. */
const TABLE_WORDS = 16_384;
const FEWEST_SETS = 16;

/** In the table instead of a set. */
const UNKNOWN = -1;
const MATCH = -2;
const NO_MATCH = -3;
const NO_ROOM = -4;

export class Search {
  /** Sets the table holds at most. */
  readonly maxSets: number;
  /** For tests of the bound: sets created, and characters processed without the table. */
  readonly effort = { sets: 0, steps: 0 };
  readonly #automaton: Automaton;
  readonly #classOf: Uint16Array;
  readonly #classes: number;
  #table: Int32Array = new Int32Array(0);
  #sets: Int32Array[] = [];
  #known = new Map<string, number>();
  #full = false;

  constructor(automaton: Automaton) {
    this.#automaton = automaton;
    this.#classOf = automaton.alphabet.classOf;
    this.#classes = automaton.alphabet.classes;
    const perSet = this.#classes + 2 * automaton.words;
    this.maxSets = Math.max(FEWEST_SETS, Math.floor(TABLE_WORDS / perSet));
    this.#empty();
  }

  test(sample: string): boolean {
    if (this.#full) this.#empty();
    const classOf = this.#classOf;
    let table = this.#table;
    let state = 0;
    const { length } = sample;
    const newline = length > 0 && sample.charCodeAt(length - 1) === 10;
    const end = newline ? length - 1 : length;
    for (let index = 0; index < end; index += 1) {
      const code = sample.charCodeAt(index);
      const taken = classOf[code < 256 ? code : 256] ?? 0;
      const next = table[state + taken] ?? UNKNOWN;
      // Most characters lead nowhere new. Asking first keeps one look into the table from waiting for the one before it.
      if (next === state) continue;
      if (next >= 0) {
        state = next;
        continue;
      }
      const learned = next === UNKNOWN ? this.#learn(state, taken) : next;
      if (learned === NO_ROOM) return this.#simulate(sample, index, state);
      if (learned < 0) return learned === MATCH;
      state = learned;
      table = this.#table;
    }
    if (newline) {
      const next = this.#after(state, SYMBOLS.lastNewline);
      if (next === NO_ROOM) return this.#simulate(sample, end, state);
      if (next < 0) return next === MATCH;
      state = next;
    }
    return this.#after(state, SYMBOLS.end) === MATCH;
  }

  #after(state: number, symbol: number): number {
    const taken = this.#classOf[symbol] ?? 0;
    const next = this.#table[state + taken] ?? UNKNOWN;
    return next === UNKNOWN ? this.#learn(state, taken) : next;
  }

  #empty(): void {
    this.#full = false;
    this.#known = new Map();
    this.#sets = [];
    this.#table = new Int32Array(4 * this.#classes).fill(UNKNOWN);
    const start = new Int32Array(this.#automaton.words);
    setBit(start, PREVIOUS.start);
    // A pattern that matches the empty text at the start matches everything; it has no initial set, only its result.
    const [ends] = this.#automaton.accepted;
    if (ends !== undefined && overlap(start, ends)) this.#table.fill(MATCH);
    else this.#add(start);
  }

  /** Fills in one place of the table. */
  #learn(state: number, taken: number): number {
    const from = this.#sets[state / this.#classes];
    if (from === undefined) return NO_MATCH;
    const to = new Int32Array(this.#automaton.words);
    const next = this.#advance(from, taken, to) ?? this.#add(to);
    if (next !== NO_ROOM) this.#table[state + taken] = next;
    return next;
  }

  /** Makes `to` from `from`; an answer when the search is over with it. */
  #advance(from: Int32Array, taken: number, to: Int32Array): number | undefined {
    const { accepting, accepted, alphabet, passed, floating } = this.#automaton;
    const kind = alphabet.kinds[taken] ?? NEXT.end;
    const previous = 31 - Math.clz32((from[0] ?? 0) & PLACE_BITS);
    const place = previous * NEXT_KINDS + kind;
    const before = accepting[place];
    if (before !== undefined && overlap(from, before)) return MATCH;
    if (kind === NEXT.end) return NO_MATCH;
    step(this.#automaton, from, taken, 1 << place, to);
    const after = passed[kind] ?? PREVIOUS.other;
    if (!floating && to.every((word) => word === 0)) return NO_MATCH;
    to[0] = (to[0] ?? 0) | (1 << after);
    const ends = accepted[after];
    return ends !== undefined && overlap(to, ends) ? MATCH : undefined;
  }

  #add(set: Int32Array): number {
    const key = keyOf(set);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#sets.length >= this.maxSets) {
      this.#full = true;
      return NO_ROOM;
    }
    const state = this.#sets.length * this.#classes;
    if (state + this.#classes > this.#table.length) {
      const larger = new Int32Array(2 * this.#table.length).fill(UNKNOWN);
      larger.set(this.#table);
      this.#table = larger;
    }
    this.effort.sets += 1;
    this.#sets.push(set);
    this.#known.set(key, state);
    return state;
  }

  /** Continues from `index` without the table. */
  #simulate(sample: string, index: number, state: number): boolean {
    let from: Int32Array = Int32Array.from(this.#sets[state / this.#classes] ?? []);
    let to: Int32Array = new Int32Array(this.#automaton.words);
    for (let at = index; at <= sample.length; at += 1) {
      this.effort.steps += 1;
      const code = at < sample.length ? Math.min(sample.charCodeAt(at), SYMBOLS.beyond) : SYMBOLS.end;
      const symbol = code === 10 && at === sample.length - 1 ? SYMBOLS.lastNewline : code;
      const answer = this.#advance(from, this.#classOf[symbol] ?? 0, to);
      if (answer !== undefined) return answer === MATCH;
      [from, to] = [to, from];
    }
    return false;
  }
}

/** A set as the key of a map. */
export function keyOf(set: Int32Array): string {
  let key = '';
  for (const word of set) key += String.fromCharCode(word & 0xffff, word >>> 16);
  return key;
}
