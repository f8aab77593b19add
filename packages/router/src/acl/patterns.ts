import { reasonFor } from '@headgate/shared/process/regular-file';
import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Pattern } from './match.ts';
import type { ExpressionContext } from '../sample/expression.ts';
import type { EditedList } from '../sample/edited-list.ts';
import { matches } from './matches.ts';
import type { MatchName } from './matches.ts';

/** Collects problems and reads files. */
export type CompileContext = ExpressionContext;

/** Flags that need a value, with a description of it. */
const VALUES: Readonly<Record<string, string>> = {
  '-m': 'the name of a match',
  '-f': 'the name of a file',
  '-u': 'a unique id',
};

/** The patterns of a list that rules edit. */
export interface EditedPatterns {
  readonly list: EditedList;
  readonly folded: boolean;
  /** The list is a map: the keys are the patterns. */
  readonly map: boolean;
}

export interface Patterns {
  /** From `-m`. */
  readonly match: MatchName | undefined;
  readonly patterns: readonly Pattern[];
  /** Some came from a file, which may be empty. */
  readonly fromFile: boolean;
  /** Files that rules edit: their patterns are not among the others. */
  readonly edited: readonly EditedPatterns[];
}

/**
 * Reads `[-i] [-n] [-M] [-u ID] [-m MATCH] [-f FILE]... [--] PATTERN...`. `-i` and `-M` hold for what follows them; the first word
 * that is not a flag ends the flags. `-n` (no DNS) is accepted: names are never resolved here. `usual`: the match where none is
 * named. Undefined after a problem.
 */
export function parsePatterns(
  keyword: Word,
  words: readonly Word[],
  usual: MatchName | undefined,
  context: CompileContext,
): Patterns | undefined {
  const { problems, lists } = context;
  const patterns: Pattern[] = [];
  let match: MatchName | undefined;
  let folded = false;
  let fromMap = false;
  let fromFile = false;
  let id: number | undefined;
  const files: { readonly file: string; readonly text: string; readonly map: boolean }[] = [];
  const edited: EditedPatterns[] = [];
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
    else if (flag.text === '-M') fromMap = true;
    else if (Object.hasOwn(VALUES, flag.text)) {
      if (value === undefined) {
        problems.error(flag.at, `${flag.text} needs ${VALUES[flag.text] ?? ''}`);
        return undefined;
      }
      index += 1;
      if (flag.text === '-u') {
        if (!/^\d{1,10}$/.test(value.text)) {
          problems.error(value.at, `'${value.text}' is not a unique id: a positive integer`);
          return undefined;
        }
        // By it the control socket refers to the list.
        id = Number(value.text);
      } else if (flag.text === '-m') {
        match = matchNamed(value, problems);
        if (match === undefined) return undefined;
      } else {
        const read = patternFile(value, folded, fromMap, context);
        if (read === undefined) return undefined;
        const list = context.edited?.read(value.text);
        if (list !== undefined) edited.push({ list, folded, map: fromMap });
        else for (const line of read.patterns) patterns.push(line);
        files.push({ file: value.text, text: read.text, map: fromMap });
        fromFile = true;
      }
    } else if (flag.text !== '-n') {
      problems.error(flag.at, `unknown flag '${flag.text}'; write -- before a pattern that begins with '-'`);
      return undefined;
    }
  }
  const written = words.slice(index);
  if (lists === undefined) for (const { text, at } of written) patterns.push({ text, folded, at });
  else {
    const use = { match: match ?? usual ?? 'str', folded, output: 'str' };
    for (const { file, text, map } of files)
      lists.file(
        file,
        map ? 'map' : 'acl',
        text,
        keyword.at,
        use,
        written.length === 0 ? id : undefined,
        context.edited?.find(file),
      );
    const texts = written.map(({ text }) => text);
    for (const [nth, text] of lists
      .inline(keyword.text, texts, keyword.at, use, files.length === 0 ? id : undefined)
      .entries())
      patterns.push({ text, folded, at: written[nth]?.at ?? keyword.at });
  }
  return { match, patterns, fromFile, edited };
}

function matchNamed(word: Word, problems: Problems): MatchName | undefined {
  if (isMatch(word.text)) return word.text;
  problems.error(word.at, `unknown match '${word.text}'`, nearest(word.text, Object.keys(matches)));
  return undefined;
}

function isMatch(name: string): name is MatchName {
  return Object.hasOwn(matches, name);
}

/** One pattern per line, in a map its key; blank lines and lines that begin with `#` are skipped, blanks before a pattern dropped. */
function patternFile(
  file: Word,
  folded: boolean,
  map: boolean,
  { problems, readFile }: CompileContext,
): { readonly patterns: readonly Pattern[]; readonly text: string } | undefined {
  const content = readFile(file.text);
  if (typeof content !== 'string') {
    problems.error(file.at, `cannot read '${file.text}'${reasonFor(content)}`);
    return undefined;
  }
  const patterns: Pattern[] = [];
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    const rest = line.replace(/^[ \t]+/, '');
    if (rest === '' || line.startsWith('#')) continue;
    const text = map ? (rest.split(/[ \t]/, 1)[0] ?? '') : rest;
    patterns.push({ text, folded, at: { file: file.text, line: index + 1, column: line.length - rest.length + 1 } });
  }
  return { patterns, text: content };
}
