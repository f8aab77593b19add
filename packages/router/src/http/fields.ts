/**
 * The header section of a message (RFC 9110 §5, RFC 9112 §5): strict, and with as few allocations as possible.
 * The text of the head is kept; a line is known by where it starts, so that forwarding copies ranges.
 */
import { hopByHop } from './forwarded.ts';
import { KnownNames } from './known-names.ts';
import { TOKEN } from './token.ts';

/** An accepted header section. Offsets count from its first line, so that it can be reused in another head. */
export interface Fields {
  /** The lines, each with its CRLF, without the empty line at the end. */
  readonly section: string;
  /** Lower-case names, in order. */
  readonly names: readonly string[];
  /** Values without outer blanks, in order. */
  readonly values: readonly string[];
  /** Where each line starts in the section, then its end. */
  readonly starts: readonly number[];
}

/** A header section that was refused, and where in the text it went wrong. */
export interface WrongFields {
  readonly wrong: 'too-many' | 'malformed';
  readonly at: number;
}

/** Anything but CRLF line ends, TAB and visible bytes: a bare CR or LF, NUL, other control bytes. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const strayByte = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n/;
const tokenStart = /[!#$%&'*+\-.^_`|~0-9A-Za-z]*/y;

const knownNames = new KnownNames();

/** Servers that turn names into environment variables (CGI, WSGI, Rack) read these as the fields with a hyphen. */
const lookAlikes: ReadonlySet<string> = new Set(['content_length', 'transfer_encoding']);

/** The lower-case name, or undefined when it is not a token or could be taken for a field that frames the message. */
function nameOf(raw: string): string | undefined {
  const known = knownNames.get(raw);
  if (known !== undefined) return known;
  if (!TOKEN.test(raw)) return undefined;
  const name = raw.toLowerCase();
  if (lookAlikes.has(name)) return undefined;
  knownNames.add(raw, name);
  return name;
}

/** True when a head, or the beginning of one, contains forbidden bytes. A final CR may be half a line end. */
export function hasStrayBytes(text: string): boolean {
  return strayByte.test(text.endsWith('\r') ? text.slice(0, -1) : text);
}

/** Where the first of them is; -1 when there is none. */
export function strayByteAt(text: string): number {
  return text.search(strayByte);
}

/**
 * Reads the header section of a head that begins at `start` and ends with the head's empty line. The text must have
 * passed `hasStrayBytes`. Refuses a line that is not `name: value` (folded lines and blanks before the colon included), and
 * more than `maxFields`.
 */
export function readFields(text: string, start: number, maxFields: number): Fields | WrongFields {
  const section = text.slice(start, -2);
  const names: string[] = [];
  const values: string[] = [];
  const starts: number[] = [];
  let at = 0;
  while (at < section.length) {
    if (names.length === maxFields) return { wrong: 'too-many', at: start + at };
    const eol = section.indexOf('\r\n', at);
    const colon = section.indexOf(':', at);
    if (colon === -1 || colon > eol) return malformed(text, start + at);
    const name = nameOf(section.slice(at, colon));
    if (name === undefined) return malformed(text, start + at);
    names.push(name);
    values.push(trimmed(section, colon + 1, eol));
    starts.push(at);
    at = eol + 2;
  }
  starts.push(at);
  return { section, names, values, starts };
}

/** The line at `line` is none: the first character that cannot belong to its name, or its start when the name itself is refused. */
function malformed(text: string, line: number): WrongFields {
  tokenStart.lastIndex = line;
  const end = line + (tokenStart.exec(text)?.[0].length ?? 0);
  return { wrong: 'malformed', at: text[end] === ':' ? line : end };
}

/** Where the value of a line starts, counted from its head, whose header section is at `section`. */
export function valueAt({ section: text, names, starts }: Fields, line: number, section: number): number {
  let at = (starts[line] ?? 0) + (names[line]?.length ?? 0) + 1;
  while (isBlank(text.charCodeAt(at))) at += 1;
  return section + at;
}

/** The range without surrounding SP and TAB: `trim` also removes characters that other parsers keep. */
export function trimmed(text: string, start = 0, end = text.length): string {
  let from = start;
  let to = end;
  while (from < to && isBlank(text.charCodeAt(from))) from += 1;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 9;
}

/** What the Connection fields of a message contain. */
export interface ConnectionOptions {
  readonly close: boolean;
  readonly keepAlive: boolean;
  /** The option `upgrade` as it was written, for servers that compare case-sensitively; '' when absent. */
  readonly upgrade: string;
  /** All other options: the names of fields to remove. */
  readonly named: readonly string[];
}

export const noOptions: ConnectionOptions = { close: false, keepAlive: false, upgrade: '', named: [] };
export const keepAliveOnly: ConnectionOptions = { ...noOptions, keepAlive: true };
export const closeOnly: ConnectionOptions = { ...noOptions, close: true };

/** Fields that a Connection line must not remove: two recipients would then read two different messages. */
const protectedNames: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'trailer',
  'expect',
]);

/** Reads every Connection line; undefined when one names a forbidden field or is not a list of tokens. */
export function connectionOptions(fields: Fields): ConnectionOptions | undefined {
  const { names, values } = fields;
  const first = names.indexOf('connection');
  if (first === -1) return noOptions;
  const only = names.indexOf('connection', first + 1) === -1;
  const text = only ? (values[first] ?? '') : values.filter((_, index) => names[index] === 'connection').join(',');
  if (text === 'keep-alive' || text === 'Keep-Alive') return keepAliveOnly;
  if (text === 'close') return closeOnly;
  const options = { close: false, keepAlive: false, upgrade: '', named: [] as string[] };
  for (const part of text.split(',')) {
    const written = trimmed(part);
    const word = written.toLowerCase();
    if (word === '') continue;
    if (!TOKEN.test(word) || protectedNames.has(word)) return undefined;
    if (word === 'close') options.close = true;
    else if (word === 'keep-alive') options.keepAlive = true;
    else if (word === 'upgrade') options.upgrade ||= written;
    else options.named.push(word);
  }
  return options;
}

/**
 * The header section as text, without hop-by-hop fields and those that Connection names; order, case and
 * blanks of the rest are kept. Each removed line costs one slice. `keep` names hop-by-hop fields to keep
 * (transfer-encoding of a chunked message, whose chunks are forwarded unchanged), `drop` one more to remove.
 */
export function endToEnd(
  fields: Fields,
  options: ConnectionOptions,
  keep: readonly string[],
  drop: string | undefined,
): string {
  const { section, names, starts } = fields;
  let out = '';
  let from = 0;
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] ?? '';
    const removed = (hopByHop.has(name) && !keep.includes(name)) || name === drop || options.named.includes(name);
    if (!removed) continue;
    out += section.slice(from, starts[index]);
    from = starts[index + 1] ?? from;
  }
  return out + section.slice(from);
}

/** A TAB beside a value is a blank (RFC 9110 §5.6.3) that not every parser skips: refused beside a transfer coding. */
export function holdsTab({ section, starts }: Fields, at: number): boolean {
  return section.slice(starts[at], starts[at + 1]).includes('\t');
}

/** Content-Length as a number; undefined unless it is one run of at most 15 digits. */
export function lengthOf(value: string): number | undefined {
  return /^[0-9]{1,15}$/.test(value) ? Number(value) : undefined;
}
