/** Lines of a haproxy.cfg that begin with a dot (configuration manual §2.4): `.if` blocks, and messages. */
import type { Problems } from '@headgate/shared/config/problem';
import type { Position, Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Variables } from '@headgate/shared/config/variables';
import { evaluateCondition } from './condition.ts';
import { FEATURES, HAPROXY_VERSION } from './version.ts';

interface Block {
  readonly at: Position;
  /** The lines read now count. */
  taken: boolean;
  /** A branch of this block was taken, or the block is inside lines that are skipped. */
  done: boolean;
  last: '.if' | '.elif' | '.else';
}

type Line = readonly [Word, ...Word[]];

const WORDS = ['.if', '.elif', '.else', '.endif', '.notice', '.warning', '.alert', '.diag'];
/** Deepest nesting of blocks, HAProxy's. */
const MAX_NESTED = 100;

/** The blocks of one file, from its first line to its last. */
export class Blocks {
  readonly #open: Block[] = [];
  readonly #variables: Variables;
  readonly #problems: Problems;

  constructor(variables: Variables, problems: Problems) {
    this.#variables = variables;
    this.#problems = problems;
  }

  /** The lines read now belong to a branch that is not taken. */
  get skipping(): boolean {
    return this.#open.at(-1)?.taken === false;
  }

  /** One line that begins with a dot. */
  line(words: Line): void {
    const [keyword, ...rest] = words;
    const text = keyword.text;
    if (text === '.if') this.#begin(keyword, rest);
    else if (text === '.elif' || text === '.else') this.#switch(text, keyword, rest);
    else if (text === '.endif') this.#end(keyword, rest);
    else if (this.skipping) return;
    else if (WORDS.includes(text)) this.#say(keyword, rest);
    else this.#problems.error(keyword.at, `unknown directive '${text}'`, nearest(text, WORDS));
  }

  /** The file has ended. */
  finish(): void {
    for (const { at } of this.#open) this.#problems.error(at, "this '.if' has no '.endif'");
  }

  #begin(keyword: Word, condition: readonly Word[]): void {
    if (this.#open.length >= MAX_NESTED)
      this.#problems.error(keyword.at, `'.if' blocks nest at most ${MAX_NESTED} levels`);
    const skipped = this.skipping || this.#open.length >= MAX_NESTED;
    const taken = !skipped && this.#holds(keyword, condition);
    this.#open.push({ at: keyword.at, taken, done: skipped || taken, last: '.if' });
  }

  #switch(text: '.elif' | '.else', keyword: Word, rest: readonly Word[]): void {
    const block = this.#open.at(-1);
    if (block === undefined) return this.#problems.error(keyword.at, `'${text}' without '.if'`);
    if (block.last === '.else') return this.#problems.error(keyword.at, `'${text}' after '.else'`);
    if (text === '.else') this.#nothingMore(keyword, rest);
    block.last = text;
    block.taken = !block.done && (text === '.else' || this.#holds(keyword, rest));
    block.done ||= block.taken;
  }

  #end(keyword: Word, rest: readonly Word[]): void {
    this.#nothingMore(keyword, rest);
    if (this.#open.pop() === undefined) this.#problems.error(keyword.at, "'.endif' without '.if'");
  }

  #nothingMore({ text }: Word, [more]: readonly Word[]): void {
    if (more !== undefined) this.#problems.error(more.at, `unexpected '${more.text}' after '${text}'`);
  }

  #holds(keyword: Word, words: readonly Word[]): boolean {
    const text = words.map((word) => word.text).join(' ');
    const result = evaluateCondition(text, {
      defined: (name) => this.#variables.get(name) !== undefined,
      feature: (name) => FEATURES.has(name),
      version: HAPROXY_VERSION,
    });
    if (typeof result === 'boolean') return result;
    this.#problems.error(placeIn(words, result.offset) ?? keyword.at, result.problem, result.suggestion);
    return false;
  }

  /** `.diag` is for HAProxy's -dD alone, which nothing here turns on. */
  #say({ text, at }: Word, [message, more]: readonly Word[]): void {
    const said = message?.text ?? '';
    if (more !== undefined)
      this.#problems.error(more.at, `unexpected '${more.text}' after '${text}': quote a message that has blanks`);
    else if (text === '.alert') this.#problems.error(at, said);
    else if (text === '.warning') this.#problems.warning(at, said);
    else if (text === '.notice') this.#problems.notice(at, said);
  }
}

/** Where the character at `offset` of the words, joined with blanks, was written. */
function placeIn(words: readonly Word[], offset: number): Position | undefined {
  let left = offset;
  for (const { text, at } of words) {
    if (left <= text.length) return { ...at, column: at.column + left };
    left -= text.length + 1;
  }
  return words.at(-1)?.at;
}
