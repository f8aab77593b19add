import { directory, domain } from './text-match.ts';
import type { Delimited } from './text-match.ts';
import { TextTable } from './text-table.ts';

/**
 * Calls `visit` with the index of each text that matches the sample, perhaps more than once, until it returns true; returns true then.
 * The look-up costs about the same whether there are ten texts or ten thousand, and never much more than comparing each text.
 */
export type Lookup = (sample: string, visit: (number: number) => boolean) => boolean;

/** The matches that can be looked up. Of `dir` and `dom` the texts are stripped and not empty; each text comes once. */
export const lookups = {
  str: (texts: readonly string[]): Lookup => {
    const numbers = new Map(texts.map((text, number) => [text, number]));
    return (sample, visit) => {
      const number = numbers.get(sample);
      return number !== undefined && visit(number);
    };
  },
  beg: (texts: readonly string[]): Lookup => {
    const table = new TextTable(texts, 'start');
    return (sample, visit) => {
      for (let entry = table.longest(sample, 0); entry >= 0; entry = table.shorter(entry))
        if (visit(table.numberOf(entry))) return true;
      return false;
    };
  },
  end: (texts: readonly string[]): Lookup => {
    const table = new TextTable(texts, 'end');
    return (sample, visit) => {
      for (let entry = table.longest(sample, sample.length); entry >= 0; entry = table.shorter(entry))
        if (visit(table.numberOf(entry))) return true;
      return false;
    };
  },
  dir: (texts: readonly string[]): Lookup => standing(texts, directory),
  dom: (texts: readonly string[]): Lookup => standing(texts, domain),
} as const satisfies Record<string, (texts: readonly string[]) => Lookup>;

export type LookupName = keyof typeof lookups;

/** With fewer texts than parts (a hostile `/a/a/a...`) comparing each text is faster; up to this many parts are always looked up. */
const FEW_PARTS = 64;

/** Looks from the beginning of each part for a text that also ends where a part does. */
function standing(texts: readonly string[], { isDelimiter, stands }: Delimited): Lookup {
  const table = new TextTable(texts, 'start');
  const most = Math.max(FEW_PARTS, texts.length);
  return (sample, visit) => {
    let parts = 0;
    for (let at = 0; at < sample.length; at += 1) {
      if (at > 0 && !isDelimiter(sample.charCodeAt(at - 1))) continue;
      parts += 1;
      if (parts > most) return texts.some((text, number) => stands(sample, text) && visit(number));
      for (let entry = table.longest(sample, at); entry >= 0; entry = table.shorter(entry)) {
        const end = at + table.lengthOf(entry);
        if (end < sample.length && !isDelimiter(sample.charCodeAt(end))) continue;
        if (visit(table.numberOf(entry))) return true;
      }
    }
    return false;
  };
}
