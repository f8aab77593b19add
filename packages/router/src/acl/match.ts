import type { Position } from '@headgate/shared/config/raw';
import type { Sint } from '../model/values.ts';
import type { Test } from '../sample/row.ts';
import { lookups } from '../sample/text-lookup.ts';
import type { LookupName } from '../sample/text-lookup.ts';
import type { TextTest } from '../sample/text-match.ts';
import { bytesOf } from '../sample/value.ts';

/** One pattern as written. `folded`: compare case-insensitively (it follows `-i`). */
export interface Pattern {
  readonly text: string;
  readonly folded: boolean;
  readonly at: Position;
}

/** Called with what is wrong with a pattern. */
export type Report = (at: Position, message: string) => void;

interface MatchOf<Takes extends string, Sample> {
  /** The type values are converted to first; a value that cannot be converted (a word to an address) never matches. */
  readonly takes: Takes;
  /** False when the value alone decides. */
  readonly patterns: boolean;
  /** For docs/acl.md. */
  readonly doc: string;
  /** The test passes when any pattern matches. */
  compile(patterns: readonly Pattern[], report: Report): Test<Sample>;
}

export type TextMatch = MatchOf<'text', string>;

/** One way to compare values with patterns: what `-m` names. */
export type Match =
  | TextMatch
  | MatchOf<'address', string>
  | MatchOf<'integer', Sint>
  | MatchOf<'boolean', boolean>
  | MatchOf<'anything', unknown>;

/** A text match: `build` gets texts that are compared byte for byte; patterns under `-i` and their samples are lower-cased before. */
export function textMatch(doc: string, build: (texts: readonly string[]) => Test<string>): TextMatch {
  return {
    takes: 'text',
    patterns: true,
    doc,
    compile(patterns) {
      const exact = patterns.filter((pattern) => !pattern.folded).map(({ text }) => bytesOf(text));
      const folded = patterns.filter((pattern) => pattern.folded).map(({ text }) => bytesOf(text).toLowerCase());
      const testExact = build(exact);
      const testLower = build(folded);
      if (folded.length === 0) return testExact;
      if (exact.length === 0) return (sample) => testLower(sample.toLowerCase());
      return (sample) => testExact(sample) || testLower(sample.toLowerCase());
    },
  };
}

/** From this many texts on, looking them up is faster than comparing one after the other. */
const MANY = 8;

/** True when `matches` holds for any of the texts; one text, the usual case, is compared without a loop, many are looked up. */
export function anyText(texts: readonly string[], matches: TextTest, lookup?: LookupName): Test<string> {
  const [only] = texts;
  if (only !== undefined && texts.length === 1) return (sample) => matches(sample, only);
  if (lookup !== undefined && texts.length >= MANY) {
    const look = lookups[lookup]([...new Set(texts)]);
    return (sample) => look(sample, first);
  }
  return (sample) => {
    for (const text of texts) if (matches(sample, text)) return true;
    return false;
  };
}

/** The first matching text is enough. */
const first = (): boolean => true;
