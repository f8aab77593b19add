/** Sets in brackets: `[a-z_]`, `[^/]`, `[[:alpha:]\d]`. */
import { ESCAPED_SETS, POSIX_SETS, bothCases, negated, range, single } from './charset.ts';
import { escapedCharacter, matchAt } from './escapes.ts';
import type { CharSet, RegexProblem } from './syntax.ts';

const POSIX = /\[([:.=])(\^?)([^\]]*?)\1\]/y;

export interface ParsedSet {
  readonly set: CharSet;
  /** Where the pattern goes on. */
  readonly end: number;
}

/** A member of a set: a single character has a `code` and can begin or end a range. */
interface Member extends ParsedSet {
  readonly code?: number;
}

/** The set whose `[` is at `index`. A `]` right after the opening is a member. */
export function parseSet(pattern: string, index: number, ignoreCase: boolean): ParsedSet | RegexProblem {
  const opening = pattern.startsWith('[^', index) ? 2 : 1;
  const first = index + opening;
  let set = 0n;
  let at = first;
  while (at < pattern.length) {
    if (pattern.charAt(at) === ']' && at > first) {
      const cased = ignoreCase ? bothCases(set) : set;
      return { set: opening === 2 ? negated(cased) : cased, end: at + 1 };
    }
    const start = at;
    const member = memberAt(pattern, at);
    if ('message' in member) return member;
    at = member.end;
    set |= member.set;
    if (pattern.charAt(at) !== '-' || pattern.charAt(at + 1) === ']' || at + 1 >= pattern.length) continue;
    const high = memberAt(pattern, at + 1);
    if ('message' in high) return high;
    if (member.code === undefined || high.code === undefined || high.code < member.code) {
      const text = pattern.slice(start, high.end);
      return { offset: start, message: `invalid range in a set: ${text}; write \\- for the character -` };
    }
    set |= range(member.code, high.code);
    at = high.end;
  }
  return { offset: index, message: 'this [ has no closing ]' };
}

function memberAt(pattern: string, at: number): Member | RegexProblem {
  const posix = pattern.charAt(at) === '[' ? matchAt(POSIX, pattern, at) : undefined;
  if (posix !== undefined) {
    const [text, kind, not, name = ''] = posix;
    const named = kind === ':' ? POSIX_SETS.get(name) : undefined;
    if (named !== undefined) return { set: not === '^' ? negated(named) : named, end: at + text.length };
    // `[a[:]b]` is an ordinary set, [.ch.] and [=e=] are refused by PCRE too.
    if (kind !== ':' || /^\w+$/.test(name)) return { offset: at, message: `unknown character class ${text}` };
  }
  if (pattern.charAt(at) !== '\\') return character(pattern.charCodeAt(at), at + 1);
  const letter = pattern.charAt(at + 1);
  const set = letter === 'N' ? undefined : ESCAPED_SETS.get(letter);
  if (set !== undefined) return { set, end: at + 2 };
  const escaped = escapedCharacter(pattern, at, true);
  return escaped === undefined
    ? { offset: at, message: `not supported in a set: \\${letter}` }
    : character(escaped.code, escaped.end);
}

function character(code: number, end: number): Member {
  return { set: single(code), end, code };
}
