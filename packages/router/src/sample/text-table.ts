/**
 * Sorted texts, to find those that a sample has at a position: a binary search, then from the longest to the shorter ones.
 * Costs log2(texts) comparisons and allocates nothing per sample, whatever its content.
 */
export class TextTable {
  /** In the order of their characters; under `end` each is reversed. */
  readonly #texts: readonly string[];
  /** Where each text was in the list given. */
  readonly #numbers: readonly number[];
  /** For each text the longest other one that it begins with, -1 when there is none. */
  readonly #shorter: Int32Array;
  readonly #step: 1 | -1;

  /** Each text once. `start`: the sample is read onwards from a place; `end`: backwards. */
  constructor(texts: readonly string[], from: 'start' | 'end') {
    this.#step = from === 'start' ? 1 : -1;
    const entries = texts
      .map((text, number) => ({ text: from === 'start' ? text : reversed(text), number }))
      .toSorted((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
    this.#texts = entries.map(({ text }) => text);
    this.#numbers = entries.map(({ number }) => number);
    this.#shorter = shorterOnes(this.#texts);
  }

  /** The entry of the longest text that the sample has at this place, -1 when it has none. */
  longest(sample: string, at: number): number {
    let low = 0;
    let high = this.#texts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#isBehind(middle, sample, at)) high = middle;
      else low = middle + 1;
    }
    // What lies between a text and a sample that begins with it begins with it too, so the text is a shorter one of the last before the sample.
    let entry = low - 1;
    while (entry >= 0 && !this.#has(entry, sample, at)) entry = this.#shorter[entry] ?? -1;
    return entry;
  }

  /** The next shorter text that is at the same place, -1 when there is none. */
  shorter(entry: number): number {
    return this.#shorter[entry] ?? -1;
  }

  lengthOf(entry: number): number {
    return this.#texts[entry]?.length ?? 0;
  }

  /** Where the text was in the list that the table was made of. */
  numberOf(entry: number): number {
    return this.#numbers[entry] ?? -1;
  }

  /** True when the text comes after the sample in the order of characters, and so is not at its beginning. */
  #isBehind(entry: number, sample: string, at: number): boolean {
    const text = this.#texts[entry] ?? '';
    for (let index = 0, place = this.#first(at); index < text.length; index += 1, place += this.#step) {
      if (place < 0 || place >= sample.length) return true;
      const difference = text.charCodeAt(index) - sample.charCodeAt(place);
      if (difference !== 0) return difference > 0;
    }
    return false;
  }

  #has(entry: number, sample: string, at: number): boolean {
    const text = this.#texts[entry] ?? '';
    for (let index = 0, place = this.#first(at); index < text.length; index += 1, place += this.#step)
      if (place < 0 || text.charCodeAt(index) !== sample.charCodeAt(place)) return false;
    return true;
  }

  #first(at: number): number {
    return this.#step === 1 ? at : at - 1;
  }
}

/** By code units, so that even a lone surrogate is preserved. */
function reversed(text: string): string {
  return text.split('').toReversed().join('');
}

function shorterOnes(sorted: readonly string[]): Int32Array {
  const shorter = new Int32Array(sorted.length);
  const open: number[] = [];
  for (const [entry, text] of sorted.entries()) {
    while (open.length > 0 && !text.startsWith(sorted[open.at(-1) ?? 0] ?? '')) open.pop();
    shorter[entry] = open.at(-1) ?? -1;
    open.push(entry);
  }
  return shorter;
}
