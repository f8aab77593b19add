import type { Test } from './row.ts';

/**
 * True when the test passes for any item of a comma-separated header value (RFC 9110 §5.6.1), blanks around it removed.
 * Commas inside double quotes do not separate; empty items count, as in HAProxy.
 */
export function someItem(line: string, test: Test<string>): boolean {
  if (!line.includes(',')) return test(line);
  let from = 0;
  while (true) {
    const end = endOfPart(line, from, ',');
    if (test(trimBlanks(line, from, end))) return true;
    if (end >= line.length) return false;
    from = end + 1;
  }
}

/**
 * `name=value` pairs of one Cookie line (RFC 6265 §4.2.1), every pair when `name` is empty. They are separated by `;` or,
 * as HAProxy does, by `,`; double quotes protect both. A pair with an empty value is skipped.
 */
export function someCookie(line: string, name: string, test: Test<string>): boolean {
  let from = 0;
  while (from + name.length + 1 < line.length) {
    const end = endOfPart(line, from, ';,');
    const pair = line.slice(from, end);
    const equal = pair.indexOf('=');
    if (equal >= 0 && (name === '' || trimBlanks(pair, 0, equal) === name)) {
      const value = trimBlanks(pair, equal + 1, pair.length);
      if (test(value)) return true;
    }
    from = end + 1;
  }
  return false;
}

/**
 * `name=value` pairs between `&`, `;` and `delimiter`, every pair when `name` is empty; nothing is decoded.
 * A name without `=` is not a parameter, `name=` is an empty one.
 */
export function someParameter(list: string, name: string, delimiter: string, test: Test<string>): boolean {
  let from = 0;
  while (from <= list.length) {
    let end = from;
    while (end < list.length && !isParameterEnd(list[end], delimiter)) end += 1;
    const pair = list.slice(from, end);
    const equal = pair.indexOf('=');
    if (equal >= 0 && (name === '' || pair.slice(0, equal) === name) && test(pair.slice(equal + 1))) return true;
    from = end + 1;
  }
  return false;
}

/** Where the part that begins at `from` ends: at a separator outside double quotes, or at the end of the line. */
function endOfPart(line: string, from: number, separators: string): number {
  let quoted = false;
  for (let index = from; index < line.length; index += 1) {
    const char = line.charAt(index);
    if (char === '"') quoted = !quoted;
    else if (quoted && char === '\\') index += 1;
    else if (!quoted && separators.includes(char)) return index;
  }
  return line.length;
}

/** Space and tab only: `trim()` would also eat 0xA0, the second byte of many UTF-8 letters. */
function trimBlanks(line: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(line.charCodeAt(start))) start += 1;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end -= 1;
  return line.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function isParameterEnd(char: string | undefined, delimiter: string): boolean {
  return char === '&' || char === ';' || char === delimiter;
}

/** All items of all lines, in order. */
export function itemsOf(lines: readonly string[]): string[] {
  const items: string[] = [];
  for (const line of lines) {
    someItem(line, (item) => {
      items.push(item);
      return false;
    });
  }
  return items;
}
