import type { Position, Statement, Word } from './raw.ts';

/** A statement that stands in no file: `at` is the place that problems with it are reported at. */
export function madeStatement(at: Position, keyword: string, ...rest: readonly (string | Word)[]): Statement {
  const words = rest.map((one): Word => (typeof one === 'string' ? { text: one, at } : one));
  return { words: [{ text: keyword, at }, ...words] };
}
