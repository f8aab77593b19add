/** Characters that a pattern does not tell apart share a class, which keeps tables small: `^/api` has five classes instead of 259. */
import { NEXT } from './boundary.ts';
import { WORD, single } from './charset.ts';
import { kindsOf } from './program.ts';
import type { Instruction } from './program.ts';
import type { CharSet } from './syntax.ts';

type Take = Extract<Instruction, { op: 'take' }>;

/** The characters of a sample: bytes, one for all beyond, the line feed that ends the sample, and the end. */
export const SYMBOLS = { beyond: 256, lastNewline: 257, end: 258 } as const;
const COUNT = 259;

export interface Alphabet {
  /** The class of each symbol. */
  readonly classOf: Uint16Array;
  readonly classes: number;
  /** The kind (`NEXT`) of a class. */
  readonly kindOf: (index: number) => number;
  /** The classes whose characters an instruction takes. */
  readonly classesOf: (take: Take) => readonly number[];
}

export function partition(program: readonly Instruction[]): Alphabet {
  const sets = new Set<CharSet>();
  for (const instruction of program) if (instruction.op === 'take') sets.add(instruction.set);
  const classOf = new Uint16Array(COUNT);
  // Kinds apart from the start: a class then has one kind. Only a program with assertions needs words apart from the rest.
  if (program.some(({ op }) => op === 'assert')) sets.add(WORD);
  let classes = 1;
  for (const set of [...sets, single(10)]) classes = refine(classOf, classes, set);
  classOf[SYMBOLS.lastNewline] = classes;
  classOf[SYMBOLS.end] = classes + 1;
  const samples = new Map<number, number>();
  for (let symbol = 0; symbol < COUNT; symbol += 1) samples.set(classOf[symbol] ?? 0, symbol);
  const cache = new Map<string, readonly number[]>();
  const classesOf = (take: Take): readonly number[] => {
    const key = `${take.set}${take.last}`;
    let found = cache.get(key);
    if (found === undefined) {
      const kinds = kindsOf(take);
      found = [...samples].flatMap(([index, symbol]) =>
        has(take.set, symbol === SYMBOLS.lastNewline ? 10 : symbol) &&
        (charOf(symbol) !== 10 || kinds.includes(kindOfSymbol(symbol)))
          ? [index]
          : [],
      );
      cache.set(key, found);
    }
    return found;
  };
  return {
    classOf,
    classes: classes + 2,
    kindOf: (index) => kindOfSymbol(samples.get(index) ?? 0),
    classesOf,
  };
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

function charOf(symbol: number): number {
  return symbol === SYMBOLS.lastNewline ? 10 : symbol;
}

function has(set: CharSet, symbol: number): boolean {
  return ((set >> BigInt(symbol)) & 1n) === 1n;
}

function kindOfSymbol(symbol: number): number {
  if (symbol === SYMBOLS.end) return NEXT.end;
  if (symbol === SYMBOLS.lastNewline) return NEXT.lastNewline;
  if (symbol === 10) return NEXT.newline;
  return has(WORD, symbol) ? NEXT.word : NEXT.other;
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
