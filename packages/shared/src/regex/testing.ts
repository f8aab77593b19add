/** What tests of expressions make them of. */

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
