/**
 * A tree as a list of instructions (Thompson's construction), with counted repeats written out. Taking the first branch of a
 * `split` first is PCRE's order of preference, so the same list serves the automaton (which texts match) and captures (how).
 */
import { NEXT } from './boundary.ts';
import { NEWLINE, WORD } from './charset.ts';
import type { CharSet, Node } from './syntax.ts';

export type Instruction =
  /** Takes a character of the set; only the final line feed, when `last` is set, and only others when it is false. */
  | { readonly op: 'take'; readonly set: CharSet; readonly last?: boolean }
  | { readonly op: 'assert'; readonly mask: number }
  | { readonly op: 'save'; readonly slot: number }
  /** Two branches, the preferred one first. `exit`: it repeats something, and this branch leaves the repeat. */
  | { readonly op: 'split'; first: number; second: number; readonly exit?: 'first' | 'second' }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'match' };

/** Keeps compiling in bounds; the limit that users meet is the automaton's. */
const MAX_INSTRUCTIONS = 40_000;

/**
 * The instructions of a tree; undefined when there would be more than 40,000. With `byKind`, no set mixes characters that
 * assertions tell apart (word characters, line feeds, the final line feed): mixed ones become alternatives.
 */
export function assemble(root: Node, byKind: boolean): readonly Instruction[] | undefined {
  const assembler = new Assembler(byKind);
  assembler.emit(root);
  return assembler.finish();
}

class Assembler {
  readonly #program: Instruction[] = [];
  readonly #byKind: boolean;
  #tooLong = false;

  constructor(byKind: boolean) {
    this.#byKind = byKind;
  }

  finish(): readonly Instruction[] | undefined {
    this.#add({ op: 'match' });
    return this.#tooLong ? undefined : this.#program;
  }

  emit(node: Node): void {
    if (this.#tooLong) return;
    if (node.kind === 'assert') this.#add({ op: 'assert', mask: node.mask });
    else if (node.kind === 'set') this.#take(node.set);
    else if (node.kind === 'sequence') for (const part of node.parts) this.emit(part);
    else if (node.kind === 'choice') this.#alternatives(node.options.map((option) => () => this.emit(option)));
    else if (node.kind === 'repeat') this.#repeat(node);
    else {
      this.#add({ op: 'save', slot: 2 * node.index });
      this.emit(node.body);
      this.#add({ op: 'save', slot: 2 * node.index + 1 });
    }
  }

  #add<One extends Instruction>(instruction: One): One {
    this.#tooLong ||= this.#program.push(instruction) > MAX_INSTRUCTIONS;
    return instruction;
  }

  #take(set: CharSet): void {
    const parts = this.#byKind ? partsByKind(set) : [{ op: 'take', set } as const];
    if (parts.length > 1) this.#alternatives(parts.map((part) => () => this.#add(part)));
    else this.#add(parts[0] ?? { op: 'take', set });
  }

  #alternatives(options: readonly (() => void)[]): void {
    const jumps = [];
    for (const [index, emit] of options.entries()) {
      if (index === options.length - 1) {
        emit();
        break;
      }
      const split = this.#split(true);
      emit();
      jumps.push(this.#add({ op: 'jump', to: 0 }));
      split.second = this.#program.length;
    }
    for (const jump of jumps) jump.to = this.#program.length;
  }

  /** Goes on to the next instruction first (or last); the caller fills in the other branch, `second` (or `first`). */
  #split(onFirst: boolean, exit?: 'first' | 'second'): { first: number; second: number } {
    const next = this.#program.length + 1;
    const branches = { first: onFirst ? next : 0, second: onFirst ? 0 : next };
    return this.#add(exit === undefined ? { op: 'split', ...branches } : { op: 'split', ...branches, exit });
  }

  #repeat({ body, least, most, greedy }: Extract<Node, { kind: 'repeat' }>): void {
    const unlimited = most === Infinity;
    let start = this.#program.length;
    for (let count = 0; count < least; count += 1) {
      start = this.#program.length;
      this.emit(body);
      // What is empty stays empty: without this (?:){65535} within itself never ends.
      if (this.#tooLong || this.#program.length === start) return;
    }
    if (unlimited && least > 0) {
      const next = this.#program.length + 1;
      this.#add(
        greedy
          ? { op: 'split', first: start, second: next, exit: 'second' }
          : { op: 'split', first: next, second: start, exit: 'first' },
      );
      return;
    }
    const exits = [];
    for (let count = least; unlimited ? count < 1 : count < most; count += 1) {
      const at = this.#program.length;
      exits.push(unlimited ? this.#split(greedy, greedy ? 'second' : 'first') : this.#split(greedy));
      this.emit(body);
      if (unlimited) this.#add({ op: 'jump', to: at });
      if (this.#tooLong || this.#program.length === at + 1) break;
    }
    for (const split of exits) {
      if (greedy) split.second = this.#program.length;
      else split.first = this.#program.length;
    }
  }
}

function partsByKind(set: CharSet): readonly Extract<Instruction, { op: 'take' }>[] {
  const parts: Extract<Instruction, { op: 'take' }>[] = [];
  const word = set & WORD;
  const other = set & ~WORD & ~NEWLINE;
  if (word !== 0n) parts.push({ op: 'take', set: word });
  if (other !== 0n) parts.push({ op: 'take', set: other });
  if ((set & NEWLINE) === 0n) return parts;
  return [...parts, { op: 'take', set: NEWLINE, last: false }, { op: 'take', set: NEWLINE, last: true }];
}

/** The kinds of character (`NEXT`) that an instruction takes. */
export function kindsOf({ set, last }: Extract<Instruction, { op: 'take' }>): readonly number[] {
  const kinds: number[] = [];
  if ((set & WORD) !== 0n) kinds.push(NEXT.word);
  if ((set & ~WORD & ~NEWLINE) !== 0n) kinds.push(NEXT.other);
  if ((set & NEWLINE) === 0n) return kinds;
  if (last !== true) kinds.push(NEXT.newline);
  if (last !== false) kinds.push(NEXT.lastNewline);
  return kinds;
}
