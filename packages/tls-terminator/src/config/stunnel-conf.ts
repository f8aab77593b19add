import type { Problems } from '@headgate/shared/config/problem';
import type { Position, Word } from '@headgate/shared/config/raw';

/** One meaningful line of a stunnel.conf. */
export type StunnelLine =
  | { readonly kind: 'section'; readonly name: Word }
  | { readonly kind: 'option'; readonly name: Word; readonly value: Word };

/**
 * Reads the text of a stunnel.conf into its lines, in stunnel's own grammar (stunnel(8), CONFIGURATION FILE): one
 * `option = value` per line, comments only on lines of their own (`;` or `#`), `[name]` opens a service, no quotes,
 * no escapes, no continuation lines. A byte order mark at the very start is skipped.
 *
 * stunnel reads `yes ; note` as one value and fails with a confusing message, or worse, starts with it:
 * here the comment is reported.
 */
export function readStunnelConf(text: string, file: string, problems: Problems): readonly StunnelLine[] {
  const lines: StunnelLine[] = [];
  const withoutMark = text.startsWith('\uFEFF') ? text.slice(1) : text;
  for (const [index, raw] of withoutMark.split('\n').entries()) {
    const line = readLine(raw, { file, line: index + 1, column: 1 }, problems);
    if (line !== undefined) lines.push(line);
  }
  return lines;
}

function readLine(raw: string, start: Position, problems: Problems): StunnelLine | undefined {
  const first = raw.search(/\S/);
  if (first === -1 || raw[first] === ';' || raw[first] === '#') return undefined;
  const word = (from: number, to: number): Word => {
    const part = raw.slice(from, to);
    const text = part.trim();
    return { text, at: { ...start, column: from + (text === '' ? 0 : part.search(/\S/)) + 1 } };
  };
  const line = word(first, raw.length);
  if (line.text.startsWith('[') && line.text.endsWith(']')) return section(line, problems);
  const equals = raw.indexOf('=', first);
  if (equals === -1) {
    problems.error(
      line.at,
      `'${shorten(line.text)}' has no '='; write 'option = value', or '[name]' to open a service`,
    );
    return undefined;
  }
  const value = word(equals + 1, raw.length);
  const comment = value.text.search(/\s[;#]/);
  if (comment !== -1) {
    const at = { ...value.at, column: value.at.column + comment + 1 };
    problems.error(
      at,
      `a comment needs a line of its own: to stunnel '${shorten(value.text.slice(comment + 1))}' is part of the value`,
    );
    return undefined;
  }
  return { kind: 'option', name: word(first, equals), value };
}

function section(line: Word, problems: Problems): StunnelLine | undefined {
  const text = line.text.slice(1, -1);
  if (text.trim() !== '') return { kind: 'section', name: { text, at: { ...line.at, column: line.at.column + 1 } } };
  problems.error(line.at, 'a service needs a name between the brackets');
  return undefined;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
