/** What tests of expressions make them of. */
import assert from 'node:assert/strict';
import { buildAutomaton, type Automaton } from './automaton.ts';
import { Captures } from './captures.ts';
import { parse } from './parse.ts';
import { Preference } from './preference.ts';
import { assemble } from './program.ts';

/** An expression for two ways to capture its groups. */
export interface Parsed {
  readonly automaton: Automaton;
  readonly captures: number;
  readonly preference: () => Preference;
  /** The general way, which the others are compared with. */
  readonly plain: (sample: string) => Captures;
}

export function parsed(pattern: string): Parsed {
  const read = parse(pattern, false);
  assert.ok('root' in read, pattern);
  const program = assemble(read.root);
  assert.ok(program !== undefined, pattern);
  const automaton = buildAutomaton(program);
  assert.ok(typeof automaton === 'object', pattern);
  const { captures } = read;
  const preference = (): Preference => new Preference(automaton, program);
  return {
    automaton,
    captures,
    preference,
    plain: (sample) => new Captures(automaton, preference(), captures, sample),
  };
}

/** Expressions and samples from a fixed seed; short, so that backtracking engines terminate. */
export class Maker {
  #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  below(limit: number): number {
    this.#seed = (this.#seed * 48_271) % 2_147_483_647;
    return this.#seed % limit;
  }

  one(texts: readonly string[]): string {
    return texts[this.below(texts.length)] ?? '';
  }

  pattern(atoms: readonly string[], assertions: readonly string[], depth = 2): string {
    let text = '';
    for (let count = this.below(4) + 1; count > 0; count -= 1) {
      const kind = this.below(12);
      if (kind < 2) text += this.one(assertions);
      else if (kind < 9 || depth === 0) text += this.one(atoms) + this.#repeat();
      else {
        const inner = this.pattern(atoms, assertions, depth - 1);
        const other = this.below(2) === 0 ? '' : `|${this.pattern(atoms, assertions, depth - 1)}`;
        text += `${this.one(['(', '(?:'])}${inner}${other})${this.#repeat()}`;
      }
    }
    return text;
  }

  #repeat(): string {
    const low = this.below(3);
    const repeats = ['*', '+', '?', `{${low},${low + this.below(3)}}`, `{${low}}`, `{${low},}`, '', '', ''];
    const repeat = this.one(repeats);
    return repeat !== '' && this.below(4) === 0 ? `${repeat}?` : repeat;
  }

  sample(letters: readonly string[]): string {
    return Array.from({ length: this.below(10) }, () => this.one(letters)).join('');
  }
}
