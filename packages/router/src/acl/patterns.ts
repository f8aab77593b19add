import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Pattern } from './match.ts';
import { matches } from './matches.ts';
import { unsupportedFlags, unsupportedMatches } from './unsupported.ts';

export type MatchName = keyof typeof matches;

/** Where problems go and files are read. `readFile` says undefined when it cannot. */
export interface CompileContext {
  readonly problems: Problems;
  readonly readFile: (path: string) => string | undefined;
}

export interface Patterns {
  /** From `-m`. */
  readonly match: MatchName | undefined;
  readonly patterns: readonly Pattern[];
  /** Some came from a file, which may be empty. */
  readonly fromFile: boolean;
}

/**
 * Reads `[-i] [-n] [-m MATCH] [-f FILE]... [--] PATTERN...`. `-i` holds for what follows it; the first word that is
 * no flag ends the flags. `-n` (no DNS) is accepted: names are never looked up here. Undefined after a problem.
 */
export function parsePatterns(words: readonly Word[], context: CompileContext): Patterns | undefined {
  const { problems } = context;
  const patterns: Pattern[] = [];
  let match: MatchName | undefined;
  let folded = false;
  let fromFile = false;
  let index = 0;
  for (; index < words.length; index += 1) {
    const flag = words[index];
    if (flag === undefined || flag.quoted === true || !flag.text.startsWith('-')) break;
    const value = words[index + 1];
    if (flag.text === '--') {
      index += 1;
      break;
    }
    if (flag.text === '-i') folded = true;
    else if (flag.text === '-m' || flag.text === '-f') {
      if (value === undefined) {
        problems.error(flag.at, flag.text === '-m' ? '-m needs the name of a match' : '-f needs the name of a file');
        return undefined;
      }
      index += 1;
      if (flag.text === '-m') {
        match = matchNamed(value, problems);
        if (match === undefined) return undefined;
      } else {
        const lines = patternFile(value, folded, context);
        if (lines === undefined) return undefined;
        for (const line of lines) patterns.push(line);
        fromFile = true;
      }
    } else if (flag.text !== '-n') {
      refuseFlag(flag, problems);
      return undefined;
    }
  }
  for (const { text, at } of words.slice(index)) patterns.push({ text, folded, at });
  return { match, patterns, fromFile };
}

function matchNamed(word: Word, problems: Problems): MatchName | undefined {
  if (isMatch(word.text)) return word.text;
  if (unsupportedMatches.has(word.text)) problems.error(word.at, `not supported yet: -m ${word.text}`);
  else problems.error(word.at, `unknown match '${word.text}'`, nearest(word.text, Object.keys(matches)));
  return undefined;
}

function isMatch(name: string): name is MatchName {
  return Object.hasOwn(matches, name);
}

function refuseFlag(flag: Word, problems: Problems): void {
  if (unsupportedFlags.has(flag.text)) problems.error(flag.at, `not supported yet: ${flag.text}`);
  else problems.error(flag.at, `unknown flag '${flag.text}'; write -- before a pattern that begins with '-'`);
}

/** One pattern a line; blank lines and lines that begin with `#` are skipped, blanks before a pattern dropped. */
function patternFile(
  file: Word,
  folded: boolean,
  { problems, readFile }: CompileContext,
): readonly Pattern[] | undefined {
  const content = readFile(file.text);
  if (content === undefined) {
    problems.error(file.at, `cannot read '${file.text}'`);
    return undefined;
  }
  const patterns: Pattern[] = [];
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    const text = line.replace(/^[ \t]+/, '');
    if (text === '' || line.startsWith('#')) continue;
    patterns.push({ text, folded, at: { file: file.text, line: index + 1, column: line.length - text.length + 1 } });
  }
  return patterns;
}
