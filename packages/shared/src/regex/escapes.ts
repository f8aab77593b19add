/** Escapes that name one character, in a pattern and in a set: `\n`, `\x2f`, `\x{2f}`, `\057`, `\o{57}`, `\cA`, `\.`. */

const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['f', 12],
  ['a', 7],
  ['e', 27],
]);
const HEX = /x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{0,2}))/y;
const OCTAL = /(?:o\{([0-7]+)\}|(0[0-7]{0,2}))/y;
/** After a first digit from 1 to 7; outside a set such a number may also be a backreference. */
const OCTAL_IN_SET = /[1-7][0-7]{0,2}/y;

export interface Escaped {
  readonly code: number;
  /** Where the pattern goes on. */
  readonly end: number;
}

/** The character that the escape at `index` (of its backslash) names; undefined when it names none, or one beyond a byte. */
export function escapedCharacter(pattern: string, index: number, inSet: boolean): Escaped | undefined {
  const start = index + 1;
  const letter = pattern.charAt(start);
  const control = CONTROLS.get(letter);
  if (control !== undefined) return { code: control, end: start + 1 };
  if (inSet && letter === 'b') return { code: 8, end: start + 1 };
  const hex = matchAt(HEX, pattern, start);
  if (hex !== undefined) return byte(Number.parseInt(hex[1] ?? `0${hex[2] ?? ''}`, 16), start + hex[0].length);
  const octal = matchAt(OCTAL, pattern, start) ?? (inSet ? matchAt(OCTAL_IN_SET, pattern, start) : undefined);
  if (octal !== undefined) return byte(Number.parseInt(octal[1] ?? octal[2] ?? octal[0], 8), start + octal[0].length);
  const controlled = pattern.charCodeAt(start + 1);
  if (letter === 'c' && controlled >= 32 && controlled < 127)
    return {
      code:
        pattern
          .charAt(start + 1)
          .toUpperCase()
          .charCodeAt(0) ^ 64,
      end: start + 2,
    };
  return letter === '' || /[A-Za-z0-9]/.test(letter) ? undefined : { code: pattern.charCodeAt(start), end: start + 1 };
}

function byte(code: number, end: number): Escaped | undefined {
  return code < 256 ? { code, end } : undefined;
}

/** What the sticky expression matches at `index`. */
export function matchAt(expression: RegExp, text: string, index: number): RegExpExecArray | undefined {
  expression.lastIndex = index;
  return expression.exec(text) ?? undefined;
}
