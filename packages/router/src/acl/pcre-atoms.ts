/** The atoms of a pattern that have a notation of their own: escapes and sets. */

const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: '0-9A-Za-z',
  upper: 'A-Z',
  lower: 'a-z',
  xdigit: '0-9A-Fa-f',
  space: ' \\t\\n\\v\\f\\r',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  word: '\\w',
};
const ANCHORS: Readonly<Record<string, string>> = { A: '^', z: '$', Z: '$', b: '\\b', B: '\\B' };
const CLASSES: Readonly<Record<string, string>> = {
  d: '\\d',
  D: '\\D',
  w: '\\w',
  W: '\\W',
  s: '\\s',
  S: '\\S',
  h: '[ \\t]',
  H: '[^ \\t]',
};
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', a: '\x07', e: '\x1b' };

export interface Atom {
  readonly source: string;
  /** Where the pattern goes on. */
  readonly end: number;
  /** It stands for a place, not for a character, and cannot be repeated. */
  readonly anchor: boolean;
}

/** One character that stands for itself. */
export function literal(char: string): string {
  return /[\w ]/.test(char) ? char : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** The escape at `index`; a string says what is wrong with it. */
export function escapeAt(pattern: string, index: number, folded: boolean): Atom | string {
  const letter = pattern.charAt(index + 1);
  const end = index + 2;
  const anchor = ANCHORS[letter];
  if (anchor !== undefined) return { source: anchor, end, anchor: true };
  const set = CLASSES[letter];
  if (set !== undefined) return { source: set, end, anchor: false };
  const char = characterAt(pattern, index);
  if (char === undefined) return `not supported: \\${letter}`;
  return { source: literal(folded ? char.text.toLowerCase() : char.text), end: char.end, anchor: false };
}

/** The set `[...]` at `index`: a `]` right after the opening is a member, `[:alpha:]` a class of members. */
export function setAt(pattern: string, index: number, folded: boolean): Atom | string {
  const opening = pattern.startsWith('[^', index) ? '[^' : '[';
  const first = index + opening.length;
  let source = opening;
  let at = first;
  while (at < pattern.length) {
    if (pattern.charAt(at) === ']' && at > first) return { source: `${source}]`, end: at + 1, anchor: false };
    const posix = /^\[:(\w+):\]/.exec(pattern.slice(at, at + 12));
    const escaped = pattern.charAt(at) === '\\' ? pattern.charAt(at + 1) : '';
    if (posix !== null) {
      const members = POSIX_CLASSES[posix[1] ?? ''];
      if (members === undefined) return `unknown class ${posix[0]}`;
      source += posix[1] === 'upper' && folded ? 'a-z' : members;
      at += posix[0].length;
    } else if (Object.hasOwn(CLASSES, escaped)) {
      if (escaped === 'H') return 'not supported: \\H in a set';
      source += escaped === 'h' ? ' \\t' : `\\${escaped}`;
      at += 2;
    } else {
      const low = characterAt(pattern, at);
      if (low === undefined) return `not supported: \\${escaped} in a set`;
      const dash = pattern.charAt(low.end) === '-' && pattern.charAt(low.end + 1) !== ']';
      const high = dash ? characterAt(pattern, low.end + 1) : low;
      if (high === undefined || high.text < low.text) return `not a range: ${pattern.slice(at, low.end + 2)}`;
      source += members(low.text, high.text, folded);
      at = high.end;
    }
  }
  return 'a [ without its ]';
}

/** A range of a set; when samples are lower-cased, its capitals are there as small letters too. */
function members(low: string, high: string, folded: boolean): string {
  const range = low === high ? literal(low) : `${literal(low)}-${literal(high)}`;
  const from = low < 'A' ? 'A' : low;
  const to = high > 'Z' ? 'Z' : high;
  return folded && from <= to ? `${range}${from.toLowerCase()}-${to.toLowerCase()}` : range;
}

/** The character at `index`, plain or escaped: `a`, `\.`, `\t`, `\x2f`. Undefined for an escape that is no character. */
function characterAt(pattern: string, index: number): { readonly text: string; readonly end: number } | undefined {
  const char = pattern.charAt(index);
  if (char !== '\\') return { text: char, end: index + 1 };
  const letter = pattern.charAt(index + 1);
  const control = CONTROLS[letter];
  if (control !== undefined) return { text: control, end: index + 2 };
  const hex = /^[0-9A-Fa-f]{2}/.exec(pattern.slice(index + 2, index + 4));
  if (letter === 'x' && hex !== null) return { text: String.fromCharCode(Number.parseInt(hex[0], 16)), end: index + 4 };
  return letter === '' || /[A-Za-z0-9]/.test(letter) ? undefined : { text: letter, end: index + 2 };
}
