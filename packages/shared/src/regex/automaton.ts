/**
 * The automaton of a program without empty moves (Glushkov's construction): its states are the characters of the pattern, kept as
 * bits of a few words, and one character of the sample advances all of them at once. Its cost per character is known when it is
 * built (`stepCost`) and limited, whatever the sample: that bound is what makes matching linear.
 *
 * Counted repeats are inexpensive in this form: in `a.{0,999}b` each repeat leads to the one beside it, which a shift of all words does
 * at once, and all of them lead to `b`, which is one group.
 */
import { ANYWHERE, NEXT_KINDS, PREVIOUS, PREVIOUS_KINDS, previousOf } from './boundary.ts';
import { partition } from './alphabet.ts';
import type { Alphabet } from './alphabet.ts';
import type { Instruction } from './program.ts';

/** Operations on words of 32 bits that one character of the sample may cost at most. */
export const MAX_STEP_COST = 512;
/** Moves between states: bounds the time and memory of compiling. */
const MAX_MOVES = 1_000_000;

/** Words of a set that are not zero: `words[i]` is the index of `bits[i]`. */
interface Sparse {
  readonly words: Int32Array;
  readonly bits: Int32Array;
}

/** When any of the states `from` is in a set, and the place is in the mask, all of `to` follow. */
export interface Group {
  readonly from: Sparse;
  readonly to: Sparse;
  readonly mask: number;
}

export interface Automaton {
  readonly alphabet: Alphabet;
  /** Words in a set of states. The first bits are what came before (`PREVIOUS`), from where a match can begin. */
  readonly words: number;
  /** States that lead to the one beside them, anywhere. */
  readonly shift: Int32Array;
  readonly groups: readonly Group[];
  /** For each class of characters the states that take it, `words` words each. */
  readonly takes: Int32Array;
  /** What came before, once a character of each kind (`NEXT`) has been passed; kinds that make no difference are one. */
  readonly passed: readonly number[];
  /** For each place (`previous * NEXT_KINDS + next`) the states that are the end of a match there. */
  readonly accepting: readonly Int32Array[];
  /** For each kind of what came before, the states that are the end of a match whatever comes next. */
  readonly accepted: readonly Int32Array[];
  /** For each place, the states that a match can begin with there. */
  readonly first: readonly Int32Array[];
  /** Whether a match can begin anywhere but at the start. */
  readonly floating: boolean;
  /** The bit of each `take` instruction; -1 for the others. */
  readonly bitOf: Int32Array;
  /** Operations per character, at most `MAX_STEP_COST`. */
  readonly stepCost: number;
}

/** What can come next after an instruction, each with the places where it can. */
interface Closure {
  readonly takes: ReadonlyMap<number, number>;
  readonly match: number;
}

/** The cost per character, when it is above the limit. */
export function buildAutomaton(program: readonly Instruction[]): Automaton | number {
  const bitOf = new Int32Array(program.length).fill(-1);
  let bits = PREVIOUS_KINDS;
  for (const [index, { op }] of program.entries()) if (op === 'take') bitOf[index] = bits++;
  const words = Math.ceil(bits / 32);
  if (2 * words > MAX_STEP_COST) return 2 * words;
  const moves = new Moves(program, bitOf, words);
  for (let previous = 0; previous < PREVIOUS_KINDS; previous += 1) moves.begin(previous);
  for (const [index, { op }] of program.entries()) if (op === 'take') moves.add(bitOf[index] ?? 0, index + 1);
  const { groups, shift } = moves.grouped();
  const stepCost = groups.reduce((sum, { from, to }) => sum + from.words.length + to.words.length, 2 * words);
  if (stepCost > MAX_STEP_COST || moves.tooMany) return stepCost;
  const alphabet = partition(program);
  const takes = new Int32Array(words * alphabet.classes);
  for (const [index, instruction] of program.entries())
    if (instruction.op === 'take')
      for (const taken of alphabet.classesIn(instruction.set)) setBit(takes, bitOf[index] ?? 0, taken * words);
  const { accepting, first } = moves;
  const rows = Array.from({ length: PREVIOUS_KINDS }, (_, kind) => kind * NEXT_KINDS);
  const later = first.slice(NEXT_KINDS);
  const exact = distinguishes(program);
  return {
    alphabet,
    words,
    shift,
    groups,
    takes,
    passed: Array.from({ length: NEXT_KINDS }, (_, kind) => (exact ? previousOf(kind) : PREVIOUS.other)),
    accepting,
    accepted: rows.map((row) => common(accepting.slice(row, row + NEXT_KINDS))),
    first,
    floating:
      later.some((set) => set.some((word) => word !== 0)) ||
      accepting.slice(NEXT_KINDS).some((set) => ((set[0] ?? 0) & PLACE_BITS) !== 0),
    bitOf,
    stepCost,
  };
}

/** The bits of a set that are what came before. */
export const PLACE_BITS = (1 << PREVIOUS_KINDS) - 1;

/** Whether an assertion distinguishes what came before, other than the start. */
function distinguishes(program: readonly Instruction[]): boolean {
  const row = (1 << NEXT_KINDS) - 1;
  return program.some((instruction) => {
    if (instruction.op !== 'assert') return false;
    const [newline, word, other] = [PREVIOUS.newline, PREVIOUS.word, PREVIOUS.other].map(
      (previous) => (instruction.mask >> (previous * NEXT_KINDS)) & row,
    );
    return newline !== word || word !== other;
  });
}

function common(sets: readonly Int32Array[]): Int32Array {
  return sets.reduce((all, some) => all.map((word, index) => word & (some[index] ?? 0)));
}

export function setBit(set: Int32Array, bit: number, offset = 0): void {
  const word = offset + (bit >> 5);
  set[word] = (set[word] ?? 0) | (1 << (bit & 31));
}

/** Moves from any of `from` to all of `to`, at the places of the mask. */
interface Move {
  readonly from: number[];
  readonly to: readonly number[];
  readonly mask: number;
}

/** Collects which state leads to which. */
class Moves {
  readonly accepting: readonly Int32Array[];
  readonly first: readonly Int32Array[];
  readonly #program: readonly Instruction[];
  readonly #bitOf: Int32Array;
  readonly #words: number;
  readonly #closures = new Map<number, Closure>();
  readonly #moves = new Map<string, Move>();
  #count = 0;

  constructor(program: readonly Instruction[], bitOf: Int32Array, words: number) {
    this.#program = program;
    this.#bitOf = bitOf;
    this.#words = words;
    const perPlace = { length: PREVIOUS_KINDS * NEXT_KINDS };
    this.accepting = Array.from(perPlace, () => new Int32Array(words));
    this.first = Array.from(perPlace, () => new Int32Array(words));
  }

  get tooMany(): boolean {
    return this.#count > MAX_MOVES;
  }

  /** The moves with which a match begins after `previous`. */
  begin(previous: number): void {
    const row = ((1 << NEXT_KINDS) - 1) << (previous * NEXT_KINDS);
    this.add(previous, 0, row);
    for (const [index, mask] of this.#closureAt(0).takes)
      for (const [place, set] of this.first.entries())
        if ((mask & row & (1 << place)) !== 0) setBit(set, this.#bitOf[index] ?? 0);
  }

  /** The moves of a state whose program goes on at `next`. */
  add(state: number, next: number, only = ANYWHERE): void {
    if (this.tooMany) return;
    const closure = this.#closureAt(next);
    for (const [place, set] of this.accepting.entries())
      if ((closure.match & only & (1 << place)) !== 0) setBit(set, state);
    const byMask = new Map<number, number[]>();
    for (const [index, mask] of closure.takes) {
      if ((mask & only) === 0) continue;
      const to = byMask.get(mask) ?? [];
      to.push(this.#bitOf[index] ?? 0);
      byMask.set(mask, to);
    }
    this.#count += closure.takes.size;
    for (const [mask, to] of byMask) {
      to.sort((a, b) => a - b);
      gather(this.#moves, { from: [state], to, mask });
    }
  }

  #closureAt(start: number): Closure {
    let at = start;
    for (let instruction = this.#program[at]; instruction !== undefined; instruction = this.#program[at]) {
      if (instruction.op === 'jump') at = instruction.to;
      else if (instruction.op === 'save') at += 1;
      else break;
    }
    const known = this.#closures.get(at);
    if (known !== undefined) return known;
    const closure = this.#close(at);
    this.#closures.set(at, closure);
    return closure;
  }

  #close(start: number): Closure {
    const takes = new Map<number, number>();
    let match = 0;
    const seen = new Map<number, number>();
    const open: (readonly [index: number, mask: number])[] = [[start, ANYWHERE]];
    for (let next = open.pop(); next !== undefined && !this.tooMany; next = open.pop()) {
      const [index, mask] = next;
      const before = seen.get(index) ?? 0;
      if ((mask & ~before) === 0) continue;
      seen.set(index, before | mask);
      this.#count += 1;
      const instruction = this.#program[index];
      if (instruction === undefined) continue;
      if (instruction.op === 'take') takes.set(index, (takes.get(index) ?? 0) | mask);
      else if (instruction.op === 'match') match |= mask;
      else if (instruction.op === 'assert') open.push([index + 1, mask & instruction.mask]);
      else if (instruction.op === 'save') open.push([index + 1, mask]);
      else if (instruction.op === 'jump') open.push([instruction.to, mask]);
      else open.push([instruction.first, mask], [instruction.second, mask]);
    }
    return { takes, match };
  }

  /** The moves, those that a shift can make apart from the rest. */
  grouped(): { readonly groups: readonly Group[]; readonly shift: Int32Array } {
    const shift = new Int32Array(this.#words);
    const groups = new Map<string, Move>();
    for (const { from, to, mask } of this.#moves.values()) {
      const [only = 0] = from;
      const beside = mask === ANYWHERE && from.length === 1 && only >= PREVIOUS_KINDS && to.includes(only + 1);
      if (beside) setBit(shift, only);
      const rest = beside ? to.filter((bit) => bit !== only + 1) : to;
      if (rest.length > 0) gather(groups, { from: [...from], to: rest, mask });
    }
    return {
      shift,
      groups: Array.from(groups.values(), ({ from, to, mask }) => ({ from: sparse(from), to: sparse(to), mask })),
    };
  }
}

/** Adds a move to the one with the same targets and places. */
function gather(moves: Map<string, Move>, move: Move): void {
  const key = `${move.mask}:${move.to.join()}`;
  const known = moves.get(key);
  if (known === undefined) moves.set(key, move);
  else for (const state of move.from) known.from.push(state);
}

function sparse(bits: readonly number[]): Sparse {
  const words = new Map<number, number>();
  for (const bit of bits) words.set(bit >> 5, (words.get(bit >> 5) ?? 0) | (1 << (bit & 31)));
  return { words: Int32Array.from(words.keys()), bits: Int32Array.from(words.values()) };
}

/** The states after `from` and a character of class `taken` that is at `place`, without what came before. */
export function step(automaton: Automaton, from: Int32Array, taken: number, place: number, to: Int32Array): void {
  const { words, shift, groups, takes } = automaton;
  let carry = 0;
  for (let index = 0; index < words; index += 1) {
    const moved = (from[index] ?? 0) & (shift[index] ?? 0);
    to[index] = (moved << 1) | carry;
    carry = moved >>> 31;
  }
  for (let index = 0; index < groups.length; index += 1) {
    const group = groups[index];
    if (group !== undefined && (group.mask & place) !== 0 && meets(from, group.from)) include(to, group.to);
  }
  const offset = taken * words;
  for (let index = 0; index < words; index += 1) to[index] = (to[index] ?? 0) & (takes[offset + index] ?? 0);
}

/** The states that lead to one of `to` at `place`. */
export function stepBack(automaton: Automaton, to: Int32Array, place: number, from: Int32Array): void {
  const { words, shift, groups } = automaton;
  let carry = 0;
  for (let index = words - 1; index >= 0; index -= 1) {
    const word = to[index] ?? 0;
    from[index] = ((word >>> 1) | carry) & (shift[index] ?? 0);
    carry = word << 31;
  }
  for (let index = 0; index < groups.length; index += 1) {
    const group = groups[index];
    if (group !== undefined && (group.mask & place) !== 0 && meets(to, group.to)) include(from, group.from);
  }
}

function meets(set: Int32Array, { words, bits }: Sparse): boolean {
  for (let index = 0; index < words.length; index += 1)
    if (((set[words[index] ?? 0] ?? 0) & (bits[index] ?? 0)) !== 0) return true;
  return false;
}

function include(set: Int32Array, { words, bits }: Sparse): void {
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? 0;
    set[word] = (set[word] ?? 0) | (bits[index] ?? 0);
  }
}

/** Whether two sets have a state in common. */
export function overlap(one: Int32Array, other: Int32Array): boolean {
  for (let index = 0; index < one.length; index += 1) if (((one[index] ?? 0) & (other[index] ?? 0)) !== 0) return true;
  return false;
}
