import { bytesOf } from './match.ts';

/** Longer patterns are refused. */
const MAX_LENGTH = 1024;

const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z', digit: '0-9', alnum: '0-9A-Za-z', upper: 'A-Z', lower: 'a-z', xdigit: '0-9A-Fa-f',
  space: ' \\t\\n\\v\\f\\r', blank: ' \\t', punct: '!-\\/:-@\\[-`{-~', word: '\\w',
};
/** Escapes that JavaScript lacks, spelled as it can; those without a letter here mean the same in both. */
const ESCAPES: Readonly<Record<string, string>> = { A: '^', z: '$', Z: '$', h: '[ \\t]', a: '\\x07', e: '\\x1b' };
const SAME_ESCAPES = 'dDwWsSbBnrtfvx0123456789';

/**
 * Turns a PCRE pattern, what HAProxy takes, into a JavaScript expression that means the same; a string says why it cannot.
 * Refused: what JavaScript has not (atomic groups, possessive repeats, recursion, `\Q`), and a repeat of a repeat
 * (`(a+)+`), which a stranger's header could keep busy for hours.
 */
export function compilePcre(pattern: string, folded: boolean): RegExp | string {
  if (pattern.length > MAX_LENGTH) return `longer than ${MAX_LENGTH} characters`;
  const insensitive = pattern.startsWith('(?i)');
  const source = translate(bytesOf(insensitive ? pattern.slice(4) : pattern));
  if (typeof source !== 'string') return source.problem;
  try {
    return new RegExp(source, folded || insensitive ? 'i' : '');
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : 'not an expression';
  }
}

interface Refusal {
  readonly problem: string;
}

function translate(pattern: string): string | Refusal {
  const groups: boolean[] = [];
  let repeats = false;
  let closed = false;
  let out = '';
  let index = 0;
  while (index < pattern.length) {
    const char = pattern.charAt(index);
    const rest = pattern.slice(index);
    const closedBefore = closed;
    closed = false;
    if (char === '\\') {
      const letter = pattern.charAt(index + 1);
      const escape = escapeOf(letter);
      if (escape === undefined) return { problem: `not supported: \\${letter}` };
      out += escape;
      index += 2;
    } else if (char === '[') {
      const set = setAt(rest);
      if (set === undefined) return { problem: 'a [ without its ]' };
      out += set.source;
      index += set.length;
    } else if (char === '(') {
      const open = /^\((?:\?(?::|=|!|<=|<!|P?<\w+>|'\w+'))?/.exec(rest)?.[0] ?? '(';
      if (/^\((?:\*|\?)/.test(rest) && open === '(') return { problem: `not supported: ${rest.slice(0, 3)}` };
      groups.push(repeats);
      repeats = false;
      out += open.replace(/^\(\?(?:P<|')(\w+)['>]$/, '(?<$1>');
      index += open.length;
    } else if (char === ')') {
      out += char;
      index += 1;
      closed = repeats;
      repeats = repeats || (groups.pop() ?? false);
    } else {
      const repeat = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(rest)?.[0];
      if (repeat === undefined) {
        out += char;
        index += 1;
        continue;
      }
      if (pattern.charAt(index + repeat.length) === '+') return { problem: `not supported: ${repeat}+ (possessive)` };
      const unbounded = repeat === '*' || repeat === '+' || repeat.endsWith(',}');
      if (unbounded && closedBefore) return { problem: 'a repeat inside a repeat could take for ever on a hostile request' };
      repeats = repeats || unbounded;
      out += repeat;
      index += repeat.length;
    }
  }
  return out;
}

function escapeOf(letter: string): string | undefined {
  if (letter === '') return undefined;
  if (SAME_ESCAPES.includes(letter)) return `\\${letter}`;
  const spelled = ESCAPES[letter];
  if (spelled !== undefined) return spelled;
  return /[A-Za-z]/.test(letter) ? undefined : `\\${letter}`;
}

/** One `[...]`: `]` right after the opening is a member, `[:alpha:]` a class. */
function setAt(rest: string): { readonly source: string; readonly length: number } | undefined {
  const opening = rest.startsWith('[^') ? '[^' : '[';
  let source = opening;
  let index = opening.length;
  while (index < rest.length) {
    const char = rest.charAt(index);
    const posix = /^\[:(\w+):\]/.exec(rest.slice(index));
    if (char === ']' && index > opening.length) return { source: `${source}]`, length: index + 1 };
    if (posix !== null) {
      const members = POSIX_CLASSES[posix[1] ?? ''];
      if (members === undefined) return undefined;
      source += members;
      index += posix[0].length;
    } else if (char === '\\') {
      source += rest.slice(index, index + 2);
      index += 2;
    } else {
      source += char === ']' || char === '[' ? `\\${char}` : char;
      index += 1;
    }
  }
  return undefined;
}
