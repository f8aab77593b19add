/**
 * Turns a PCRE pattern, what HAProxy takes, into an expression for V8's linear engine (the `l` flag), so that no header a stranger
 * sends can keep a worker busy: time grows with the length of the sample and nothing else. Only "does it match" is asked, so groups
 * need not capture, laziness makes no difference, and counted repeats, which that engine limits, are written out.
 */
import { setFlagsFromString } from 'node:v8';
import { bytesOf } from './match.ts';
import { escapeAt, literal, setAt } from './pcre-atoms.ts';

/** A pattern with its counted repeats written out may have this many characters. */
const MAX_LENGTH = 16_384;
const OPENING = /\((?:\?(?::|P?<\w+>|'\w+'))?/y;
const REPEAT = /(?:[*+?]|\{(\d{1,4})(?:(,)(\d{1,4})?)?\})/y;

/** One level of parentheses while it is read: what is finished, and the atom a repeat may still follow. */
interface Level {
  done: string;
  atom: string;
}

/** The expression, for samples lower-cased beforehand when `folded`; a string says why the pattern cannot be used. */
export function compilePcre(pattern: string, folded: boolean): RegExp | string {
  const source = translate(bytesOf(pattern), folded);
  if (typeof source !== 'string') return source.problem;
  setFlagsFromString('--enable-experimental-regexp-engine');
  try {
    // oxlint-disable-next-line no-invalid-regexp -- the flag is V8's own
    return new RegExp(source, 'l');
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : 'not an expression';
  }
}

function translate(pattern: string, folded: boolean): string | { readonly problem: string } {
  const levels: Level[] = [{ done: '', atom: '' }];
  let index = 0;
  while (index < pattern.length) {
    const level = levels.at(-1);
    if (level === undefined) return { problem: 'a ) without its (' };
    const char = pattern.charAt(index);
    if (char === '|' || char === '^' || char === '$') {
      finish(level, char);
      index += 1;
    } else if (char === '(') {
      OPENING.lastIndex = index;
      const opening = OPENING.exec(pattern)?.[0] ?? '(';
      const following = pattern.charAt(index + opening.length);
      if (opening === '(' && (following === '?' || following === '*'))
        return { problem: `not supported: ${pattern.slice(index, index + 4)}` };
      levels.push({ done: '', atom: '' });
      index += opening.length;
    } else if (char === ')') {
      levels.pop();
      const outer = levels.at(-1);
      if (outer === undefined) return { problem: 'a ) without its (' };
      next(outer, `(?:${level.done}${level.atom})`);
      index += 1;
    } else if (char === '[' || char === '\\') {
      const atom = char === '[' ? setAt(pattern, index, folded) : escapeAt(pattern, index, folded);
      if (typeof atom === 'string') return { problem: atom };
      if (atom.anchor) finish(level, atom.source);
      else next(level, atom.source);
      index = atom.end;
    } else {
      REPEAT.lastIndex = index;
      const repeat = REPEAT.exec(pattern);
      if (repeat === null) {
        next(level, char === '.' ? '.' : literal(folded ? char.toLowerCase() : char));
        index += 1;
        continue;
      }
      index += repeat[0].length;
      const suffix = pattern.charAt(index);
      if (suffix === '+') return { problem: `not supported: ${repeat[0]}+` };
      if (suffix === '?') index += 1;
      const repeated = repeatAtom(level.atom, repeat);
      if (typeof repeated !== 'string') return repeated;
      finish(level, repeated, true);
    }
    if (level.done.length + level.atom.length > MAX_LENGTH)
      return { problem: 'too long once its repeats are written out' };
  }
  const [whole, ...open] = levels;
  return whole === undefined || open.length > 0 ? { problem: 'a ( without its )' } : whole.done + whole.atom;
}

function next(level: Level, atom: string): void {
  level.done += level.atom;
  level.atom = atom;
}

/** Adds what no repeat may follow; `instead` of the atom, when it is that atom repeated. */
function finish(level: Level, source: string, instead = false): void {
  level.done += instead ? source : level.atom + source;
  level.atom = '';
}

function repeatAtom(atom: string, [text, least, comma, most]: RegExpExecArray): string | { readonly problem: string } {
  if (atom === '') return { problem: `nothing to repeat before ${text}` };
  if (least === undefined) return atom + text;
  const low = Number(least);
  const high = most === undefined ? low : Number(most);
  if (high < low) return { problem: `${text} is no range` };
  if (atom.length * (high + 1) > MAX_LENGTH) return { problem: 'too long once its repeats are written out' };
  const required = atom.repeat(low);
  if (comma !== undefined && most === undefined) return `${required}${atom}*`;
  return required + `(?:${atom}`.repeat(high - low) + ')?'.repeat(high - low);
}
