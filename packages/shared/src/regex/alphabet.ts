/** Characters that a pattern does not distinguish share a class, which keeps tables small: `^/api` has five classes instead of 259. */
import { NEXT } from './boundary.ts';
import { NEWLINE, WORD } from './charset.ts';
import type { Instruction } from './program.ts';
import type { CharSet } from './syntax.ts';

/** The characters of a sample: bytes, one for all beyond, the line feed that ends the sample, and the end. */
export const SYMBOLS = { beyond: 256, lastNewline: 257, end: 258 } as const;
const COUNT = 259;

export interface Alphabet {
  /** The class of each symbol. */
  readonly classOf: Uint16Array;
  readonly classes: number;
  /** The kind (`NEXT`) of each class. */
  readonly kinds: Uint8Array;
  /** The classes whose characters are in a set. */
  readonly classesIn: (set: CharSet) => readonly number[];
}

export function partition(program: readonly Instruction[]): Alphabet {
  const sets = new Set<CharSet>([NEWLINE]);
  for (const instruction of program) if (instruction.op === 'take') sets.add(instruction.set);
  // A class then has one kind. Only assertions distinguish kinds.
  if (program.some(({ op }) => op === 'assert')) sets.add(WORD);
  const classOf = new Uint16Array(COUNT);
  let classes = 1;
  for (const set of sets) classes = refine(classOf, classes, set);
  classOf[SYMBOLS.lastNewline] = classes;
  classOf[SYMBOLS.end] = classes + 1;
  classes += 2;
  const examples = new Uint16Array(classes);
  for (let symbol = 0; symbol < COUNT; symbol += 1) examples[classOf[symbol] ?? 0] = symbol;
  const known = new Map<CharSet, readonly number[]>();
  const classesIn = (set: CharSet): readonly number[] => {
    const found = known.get(set) ?? [...examples.keys()].filter((index) => has(set, examples[index] ?? 0));
    known.set(set, found);
    return found;
  };
  return { classOf, classes, kinds: Uint8Array.from(examples, kindOfSymbol), classesIn };
}

function refine(classOf: Uint16Array, classes: number, set: CharSet): number {
  const split = new Map<number, number>();
  const inside: number[] = [];
  const outside = new Set<number>();
  for (let symbol = 0; symbol <= SYMBOLS.beyond; symbol += 1)
    if (has(set, symbol)) inside.push(symbol);
    else outside.add(classOf[symbol] ?? 0);
  let count = classes;
  for (const symbol of inside) {
    const before = classOf[symbol] ?? 0;
    if (!outside.has(before)) continue;
    let after = split.get(before);
    if (after === undefined) {
      after = count;
      count += 1;
      split.set(before, after);
    }
    classOf[symbol] = after;
  }
  return count;
}

function has(set: CharSet, symbol: number): boolean {
  return ((set >> BigInt(symbol === SYMBOLS.lastNewline ? 10 : symbol)) & 1n) === 1n;
}

/** The kind of each symbol, computed once: every look into a set allocates big integers. */
const KINDS = Uint8Array.from({ length: COUNT }, (_, symbol) => {
  if (symbol === SYMBOLS.end) return NEXT.end;
  if (symbol === SYMBOLS.lastNewline) return NEXT.lastNewline;
  if (symbol === 10) return NEXT.newline;
  return has(WORD, symbol) ? NEXT.word : NEXT.other;
});

function kindOfSymbol(symbol: number): number {
  return KINDS[symbol] ?? NEXT.other;
}

/** The kind (`NEXT`) of what is at `index` of a sample. */
export function nextKindAt(sample: string, index: number): number {
  if (index >= sample.length) return NEXT.end;
  return kindOfSymbol(symbolAt(sample, index));
}

/** The symbol at `index`, which is before the end. */
export function symbolAt(sample: string, index: number): number {
  const code = sample.charCodeAt(index);
  if (code === 10 && index === sample.length - 1) return SYMBOLS.lastNewline;
  return Math.min(code, SYMBOLS.beyond);
}
