/**
 * A tree as a list of instructions (Thompson's construction), with counted repeats written out. Taking the first branch of a
 * `split` first is PCRE's order of preference, so the same list serves the automaton (which texts match) and captures (how).
 */
import type { CharSet, Node } from './syntax.ts';

export type Instruction =
  | { readonly op: 'take'; readonly set: CharSet }
  | { readonly op: 'assert'; readonly mask: number }
  | { readonly op: 'save'; readonly slot: number }
  /** Two branches, the preferred one first. `exit`: it repeats something, and this branch leaves the repeat. */
  | { readonly op: 'split'; first: number; second: number; readonly exit?: 'first' | 'second' }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'match' };

/** Bounds compilation; the limit users run into is the automaton's. */
const MAX_INSTRUCTIONS = 40_000;

/** The instructions of a tree; undefined when there would be more than 40,000. */
export function assemble(root: Node): readonly Instruction[] | undefined {
  const assembler = new Assembler();
  assembler.emit(root);
  return assembler.finish();
}

class Assembler {
  readonly #program: Instruction[] = [];
  #tooLong = false;

  finish(): readonly Instruction[] | undefined {
    this.#add({ op: 'match' });
    return this.#tooLong ? undefined : this.#program;
  }

  emit(node: Node): void {
    if (this.#tooLong) return;
    if (node.kind === 'assert') this.#add({ op: 'assert', mask: node.mask });
    else if (node.kind === 'set') this.#add({ op: 'take', set: node.set });
    else if (node.kind === 'sequence') for (const part of node.parts) this.emit(part);
    else if (node.kind === 'choice') this.#choice(node.options);
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

  #choice(options: readonly Node[]): void {
    const jumps = [];
    for (const option of options.slice(0, -1)) {
      const split = this.#split(true);
      this.emit(option);
      jumps.push(this.#add({ op: 'jump', to: 0 }));
      split.second = this.#program.length;
    }
    for (const option of options.slice(-1)) this.emit(option);
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
      // What is empty stays empty: without this, nested (?:){65535} never ends.
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
