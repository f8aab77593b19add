/**
 * The automaton of a program without empty moves (Glushkov's construction): its states are the characters of the pattern, kept as
 * bits of a few words, and one character of the sample takes all of them on at once. Its cost per character is known when it is
 * built (`stepCost`) and limited, whatever the sample: that is the bound behind "linear".
 *
 * Counted repeats are cheap in this form: in `a.{0,999}b` each repeat leads to the one beside it, which a shift of all words does
 * at once, and all of them lead to `b`, which is one group.
 */
import { ANYWHERE, NEXT, NEXT_KINDS, PREVIOUS, PREVIOUS_KINDS, placeOf } from './boundary.ts';
import { partition } from './alphabet.ts';
import type { Alphabet } from './alphabet.ts';
import { kindsOf } from './program.ts';
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

/** When any of the states `from` is in a set, all of `to` follow. */
export interface Group {
  readonly from: Sparse;
  readonly to: Sparse;
}

export interface Automaton {
  readonly alphabet: Alphabet;
  /** Words in a set of states. The first bits are places instead of characters: `PREVIOUS` says after what. */
  readonly words: number;
  /** States that lead to the one beside them. */
  readonly shift: Int32Array;
  readonly groups: readonly Group[];
  /** For each class of characters the states that take it, `words` words each. */
  readonly takes: Int32Array;
  /** The place bits after a character of each class. */
  readonly restarts: Int32Array;
  /** For each kind of what comes next (`NEXT`) the states that then are the end of a match. */
  readonly accepting: readonly Int32Array[];
  /** States that are the end of a match whatever comes next. */
  readonly accepted: Int32Array;
  /** For each kind of what came before, the states in which a match can begin. */
  readonly first: readonly Int32Array[];
  /** The bit of each `take` instruction; -1 for the others. */
  readonly bitOf: Int32Array;
  /** Operations per character, at most `MAX_STEP_COST`. */
  readonly stepCost: number;
}

/** Why there is no automaton: `mixed`: assemble the program by kind first. `cost`: what a character would cost. */
export type NoAutomaton = { readonly mixed: true } | { readonly mixed: false; readonly cost: number };

/** What can come next after an instruction, each with the places where it can. */
interface Closure {
  readonly takes: ReadonlyMap<number, number>;
  readonly match: number;
}

export function buildAutomaton(program: readonly Instruction[]): Automaton | NoAutomaton {
  const bitOf = new Int32Array(program.length).fill(-1);
  let bits = PREVIOUS_KINDS;
  for (const [index, { op }] of program.entries()) if (op === 'take') bitOf[index] = bits++;
  const words = Math.ceil(bits / 32);
  if (2 * words > MAX_STEP_COST) return { mixed: false, cost: 2 * words };
  const moves = new Moves(program, bitOf, words);
  for (let previous = 0; previous < PREVIOUS_KINDS; previous += 1) moves.add(previous, 0, [previous]);
  for (const [index, instruction] of program.entries())
    if (instruction.op === 'take') moves.add(bitOf[index] ?? 0, index + 1, kindsOf(instruction).map(previousOf));
  if (moves.mixed) return { mixed: true };
  const { groups, shift } = moves.grouped();
  const stepCost = groups.reduce((sum, { from, to }) => sum + from.words.length + to.words.length, 2 * words);
  if (stepCost > MAX_STEP_COST || moves.tooMany) return { mixed: false, cost: stepCost };
  const alphabet = partition(program);
  const takes = new Int32Array(words * alphabet.classes);
  for (const [index, instruction] of program.entries())
    if (instruction.op === 'take')
      for (const taken of alphabet.classesOf(instruction)) setBit(takes, bitOf[index] ?? 0, taken * words);
  const accepted = moves.accepting.reduce((all, some) => all.map((word, index) => word & (some[index] ?? 0)));
  return {
    alphabet,
    words,
    shift,
    groups,
    takes,
    restarts: Int32Array.from({ length: alphabet.classes }, (_, index) =>
      moves.restart(previousOf(alphabet.kindOf(index))),
    ),
    accepting: moves.accepting,
    accepted,
    first: moves.first,
    bitOf,
    stepCost,
  };
}

/** What a character of this kind is once it has been passed. */
export function previousOf(kind: number): number {
  if (kind === NEXT.word) return PREVIOUS.word;
  return kind === NEXT.other ? PREVIOUS.other : PREVIOUS.newline;
}

export function setBit(set: Int32Array, bit: number, offset = 0): void {
  const word = offset + (bit >> 5);
  set[word] = (set[word] ?? 0) | (1 << (bit & 31));
}

/** Collects which state leads to which. */
class Moves {
  readonly accepting: readonly Int32Array[];
  readonly first: readonly Int32Array[];
  /** An assertion concerns only some of the characters of a state. */
  mixed = false;
  readonly #program: readonly Instruction[];
  readonly #bitOf: Int32Array;
  readonly #words: number;
  readonly #closures = new Map<number, Closure>();
  readonly #targets = new Map<string, { readonly to: readonly number[]; readonly from: number[] }>();
  #count = 0;

  constructor(program: readonly Instruction[], bitOf: Int32Array, words: number) {
    this.#program = program;
    this.#bitOf = bitOf;
    this.#words = words;
    this.accepting = Array.from({ length: NEXT_KINDS }, () => new Int32Array(words));
    this.first = Array.from({ length: PREVIOUS_KINDS }, () => new Int32Array(words));
  }

  get tooMany(): boolean {
    return this.#count > MAX_MOVES;
  }

  /** The moves of a state whose program goes on at `next`, and whose characters are of the kinds `previous`. */
  add(state: number, next: number, previous: readonly number[]): void {
    if (this.mixed || this.tooMany) return;
    const closure = this.#closureAt(next);
    const to: number[] = [];
    for (const [index, mask] of closure.takes) {
      const instruction = this.#program[index];
      if (instruction?.op === 'take' && this.#allowed(mask, previous, kindsOf(instruction)))
        to.push(this.#bitOf[index] ?? 0);
    }
    for (const [kind, set] of this.accepting.entries())
      if (this.#allowed(closure.match, previous, [kind])) setBit(set, state);
    if (state < PREVIOUS_KINDS) for (const bit of to) setBit(this.first[state] ?? new Int32Array(1), bit);
    this.#count += to.length;
    if (to.length === 0) return;
    to.sort((a, b) => a - b);
    const key = to.join();
    const known = this.#targets.get(key);
    if (known === undefined) this.#targets.set(key, { to, from: [state] });
    else known.from.push(state);
  }

  /** Whether the assertions of a move hold for these kinds; all of them must agree. */
  #allowed(mask: number, previous: readonly number[], next: readonly number[]): boolean {
    if (mask === ANYWHERE || mask === 0) return mask !== 0;
    let holds = 0;
    for (const before of previous) for (const after of next) if ((mask & placeOf(before, after)) !== 0) holds += 1;
    if (holds !== 0 && holds !== previous.length * next.length) this.mixed = true;
    return holds !== 0;
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
    const groups = new Map<string, { readonly to: readonly number[]; readonly from: number[] }>();
    for (const { to, from } of this.#targets.values()) {
      const [only = 0] = from;
      const beside = from.length === 1 && only >= PREVIOUS_KINDS && to.includes(only + 1);
      if (beside) setBit(shift, only);
      const rest = beside ? to.filter((bit) => bit !== only + 1) : to;
      if (rest.length === 0) continue;
      const key = rest.join();
      const known = groups.get(key);
      if (known === undefined) groups.set(key, { to: rest, from: [...from] });
      else known.from.push(...from);
    }
    return { shift, groups: Array.from(groups.values(), ({ from, to }) => ({ from: sparse(from), to: sparse(to) })) };
  }

  /**
   * The place bit to set after a character of this kind: one for kinds that make no difference, none when matches begin only at
   * the start, so that the search can end early.
   */
  restart(previous: number): number {
    if (!this.#begins(PREVIOUS.newline) && !this.#begins(PREVIOUS.word) && !this.#begins(PREVIOUS.other)) return 0;
    let other: number = PREVIOUS.newline;
    while (!this.#same(other, previous)) other += 1;
    return 1 << other;
  }

  #begins(previous: number): boolean {
    const bit = 1 << previous;
    return (
      (this.first[previous] ?? []).some((word) => word !== 0) ||
      this.accepting.some((set) => ((set[0] ?? 0) & bit) !== 0)
    );
  }

  #same(one: number, other: number): boolean {
    const [left, right] = [this.first[one], this.first[other]];
    return (
      (left ?? []).every((word, index) => word === right?.[index]) &&
      this.accepting.every((set) => (((set[0] ?? 0) >> one) & 1) === (((set[0] ?? 0) >> other) & 1))
    );
  }
}

function sparse(bits: readonly number[]): Sparse {
  const words = new Map<number, number>();
  for (const bit of bits) words.set(bit >> 5, (words.get(bit >> 5) ?? 0) | (1 << (bit & 31)));
  return { words: Int32Array.from(words.keys()), bits: Int32Array.from(words.values()) };
}

/** The states after `from` and a character of class `taken`, without the places where a match may begin. */
export function step(automaton: Automaton, from: Int32Array, taken: number, to: Int32Array): void {
  const { words, shift, groups, takes } = automaton;
  let carry = 0;
  for (let index = 0; index < words; index += 1) {
    const moved = (from[index] ?? 0) & (shift[index] ?? 0);
    to[index] = (moved << 1) | carry;
    carry = moved >>> 31;
  }
  for (let index = 0; index < groups.length; index += 1) {
    const group = groups[index];
    if (group !== undefined && meets(from, group.from)) include(to, group.to);
  }
  const offset = taken * words;
  for (let index = 0; index < words; index += 1) to[index] = (to[index] ?? 0) & (takes[offset + index] ?? 0);
}

/** The states that lead to one of `to`. */
export function stepBack(automaton: Automaton, to: Int32Array, from: Int32Array): void {
  const { words, shift, groups } = automaton;
  let carry = 0;
  for (let index = words - 1; index >= 0; index -= 1) {
    const word = to[index] ?? 0;
    from[index] = ((word >>> 1) | carry) & (shift[index] ?? 0);
    carry = word << 31;
  }
  for (let index = 0; index < groups.length; index += 1) {
    const group = groups[index];
    if (group !== undefined && meets(to, group.to)) include(from, group.from);
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
