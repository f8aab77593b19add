/**
 * One `Cookie` line as HAProxy reads it: pairs between `;` or `,`, where double quotes protect both, blanks around `=`,
 * attributes of RFC 2109 (`$Path`) that belong to the cookie in front of them, and words without `=`.
 */
interface Part {
  /** The `;` or `,` in front of it; '' for the first. */
  readonly delimiter: string;
  /** Blanks in front of it. */
  readonly indent: string;
  /** '' where there is no `=`. */
  readonly name: string;
  /** As it goes on, without `delimiter` and `indent`; of a pair only the name, see `value`. */
  readonly text: string;
  /** Undefined where there is no `=`. */
  value: string | undefined;
  /** Blanks after the value. */
  readonly trail: string;
  /** `$Version`: it goes with the cookie in front of it. */
  readonly attribute: boolean;
}

/** What is to become of a cookie of the wanted name: it stays, it is removed, or it gets this value. */
export type Fate = 'keep' | 'remove' | { readonly value: string };

/**
 * The line after `decide` was asked about every cookie called `name`, by its value, in order. Undefined when nothing is left of
 * it. As in HAProxy blanks around `=` are gone then, and a removed cookie takes its attributes along.
 */
export function editCookieLine(line: string, name: string, decide: (value: string) => Fate): string | undefined {
  if (line === '') return line;
  let kept = '';
  /** A cookie was removed, and everything goes with it up to the next one that stays. */
  let removing = false;
  let stays = false;
  for (const part of partsOf(line)) {
    const fate = !part.attribute && part.value !== undefined && part.name === name ? decide(part.value) : undefined;
    if (fate === 'remove') removing = true;
    if (fate === 'remove' || (part.attribute && removing)) continue;
    if (typeof fate === 'object') part.value = fate.value;
    stays ||= !part.attribute;
    if (!removing) kept += part.delimiter + part.indent + body(part);
    // The delimiter in front of what was removed is this part's now, and one blank follows it.
    else kept = kept === '' ? body(part) : `${trimRight(kept, 0, kept.length)}${part.delimiter} ${body(part)}`;
    removing = false;
  }
  return kept === '' || (removing && !stays) ? undefined : kept;
}

function body({ text, value, trail }: Part): string {
  return value === undefined ? text : `${text}=${value}${trail}`;
}

function partsOf(line: string): readonly Part[] {
  const parts: Part[] = [];
  for (let at = 0, delimiter = ''; at < line.length || delimiter !== '';) {
    const start = skipBlanks(line, at);
    const equal = endOfName(line, start);
    const end = line[equal] === '=' ? endOfValue(line, skipBlanks(line, equal + 1)) : equal;
    parts.push(partOf(line, delimiter, at, start, equal, end));
    if (end >= line.length) break;
    delimiter = line.charAt(end);
    at = end + 1;
  }
  return parts;
}

function partOf(line: string, delimiter: string, at: number, start: number, equal: number, end: number): Part {
  const indent = line.slice(at, start);
  const attribute = line[start] === '$';
  if (attribute || equal === end)
    return { delimiter, indent, name: '', text: line.slice(start, end), value: undefined, trail: '', attribute };
  const name = trimRight(line, start, equal);
  const from = skipBlanks(line, equal + 1);
  const value = trimRight(line, from, end);
  return { delimiter, indent, name, text: name, value, trail: line.slice(from + value.length, end), attribute };
}

function endOfName(line: string, from: number): number {
  let at = from;
  while (at < line.length && line[at] !== '=' && !isDelimiter(line[at])) at += 1;
  return at;
}

/** Delimiters in double quotes are none; a backslash in them protects a quote. */
export function endOfValue(line: string, from: number): number {
  let quoted = false;
  for (let at = from; at < line.length; at += 1) {
    const char = line[at];
    if (char === '"') quoted = !quoted;
    else if (quoted && char === '\\') at += 1;
    else if (!quoted && isDelimiter(char)) return at;
  }
  return line.length;
}

function isDelimiter(char: string | undefined): boolean {
  return char === ';' || char === ',';
}

export function skipBlanks(line: string, from: number): number {
  let at = from;
  while (line[at] === ' ' || line[at] === '\t') at += 1;
  return at;
}

export function trimRight(line: string, from: number, to: number): string {
  let end = to;
  while (end > from && (line[end - 1] === ' ' || line[end - 1] === '\t')) end -= 1;
  return line.slice(from, end);
}
