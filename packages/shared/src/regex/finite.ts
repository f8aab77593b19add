/**
 * Expressions without an unlimited repeat, as `\.(jpg|png)$` and `bot|crawler|spider`, are run by V8's own engine where that is
 * as safe: from one start it can go wrong only as often as the expression has ways, and those are counted here. Where a start may
 * cost more than `MAX_STEP_COST` operations, as in `(a?){30}`, the automaton does the work.
 */
import { MAX_STEP_COST } from './automaton.ts';
import { ASSERTIONS } from './boundary.ts';
import { ALL } from './charset.ts';
import type { CharSet, Node } from './syntax.ts';

/** A part of an expression in the syntax of JavaScript. */
interface Part {
  readonly source: string;
  /** Ways to get through it. */
  readonly ways: number;
  /** Operations to try them all. */
  readonly steps: number;
}

const EMPTY: Part = { source: '', ways: 1, steps: 0 };

/** How V8 spells an assertion. `$` is only right for samples that do not end in a line feed. */
const SPELLED: ReadonlyMap<number, string> = new Map([
  [ASSERTIONS.start, '^'],
  [ASSERTIONS.end, '$'],
  [ASSERTIONS.veryEnd, '$'],
  [ASSERTIONS.wordEdge, '\\b'],
  [ASSERTIONS.notWordEdge, '\\B'],
]);

/** The same expression for V8, for samples that do not end in a line feed; undefined where it is not known to be safe. */
export function finiteExpression(root: Node): RegExp | undefined {
  const part = partOf(root);
  return part === undefined ? undefined : new RegExp(part.source);
}

function partOf(node: Node): Part | undefined {
  if (node.kind === 'set') return { source: setSource(node.set), ways: 1, steps: 1 };
  if (node.kind === 'capture') return grouped(partOf(node.body));
  if (node.kind === 'sequence') return sequence(node.parts.map(partOf));
  if (node.kind === 'choice') return choice(node.options.map(partOf));
  if (node.kind === 'repeat') return repeat(node);
  const source = SPELLED.get(node.mask);
  return source === undefined ? undefined : { source, ways: 1, steps: 1 };
}

function safe(part: Part): Part | undefined {
  return part.steps <= MAX_STEP_COST && part.ways <= MAX_STEP_COST ? part : undefined;
}

function grouped(part: Part | undefined): Part | undefined {
  return part === undefined ? undefined : { ...part, source: `(?:${part.source})` };
}

function sequence(parts: readonly (Part | undefined)[]): Part | undefined {
  let all: Part | undefined = EMPTY;
  for (const part of parts) {
    if (all === undefined || part === undefined) return undefined;
    // What follows is tried again for every way through what came before.
    const { source, ways, steps }: Part = all;
    all = safe({ source: source + part.source, ways: ways * part.ways, steps: steps + ways * part.steps });
  }
  return all;
}

function choice(options: readonly (Part | undefined)[]): Part | undefined {
  let ways = 0;
  let steps = 0;
  const sources: string[] = [];
  for (const option of options) {
    if (option === undefined) return undefined;
    sources.push(option.source);
    ways += option.ways;
    steps += option.steps + 1;
  }
  return safe({ source: `(?:${sources.join('|')})`, ways, steps });
}

function repeat({ body, least, most, greedy }: Extract<Node, { kind: 'repeat' }>): Part | undefined {
  const part = partOf(body);
  if (part === undefined || most > MAX_STEP_COST) return undefined;
  let { ways, steps }: Part = EMPTY;
  let reached = 1;
  if (least > 0) ways = 0;
  for (let count = 1; count <= most; count += 1) {
    steps += reached * (part.steps + 1);
    reached *= part.ways;
    if (count >= least) ways += reached;
    if (steps > MAX_STEP_COST || reached > MAX_STEP_COST) return undefined;
  }
  return safe({ source: `(?:${part.source}){${least},${most}}${greedy ? '' : '?'}`, ways, steps });
}

/** The members as ranges; the bit for what is beyond a byte stands for all such characters. */
function setSource(set: CharSet): string {
  if (set === ALL) return '[^]';
  let source = '';
  let from = -1;
  for (let code = 0; code <= 256; code += 1) {
    const member = code < 256 && ((set >> BigInt(code)) & 1n) === 1n;
    if (member && from < 0) from = code;
    if (member || from < 0) continue;
    source += from === code - 1 ? hex(from) : `${hex(from)}-${hex(code - 1)}`;
    from = -1;
  }
  return `[${source}${set >> 256n === 1n ? '\\u0100-\\uffff' : ''}]`;
}

function hex(code: number): string {
  return `\\x${code.toString(16).padStart(2, '0')}`;
}
