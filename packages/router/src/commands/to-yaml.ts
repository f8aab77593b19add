import { writtenBytes } from '@headgate/shared/config/escaped-bytes';
import type { Problem } from '@headgate/shared/config/problem';
import type { KeptVariable, Position, RawConfig, Section, Statement, Word } from '@headgate/shared/config/raw';
import { durationBeforeRest, formatDuration } from '@headgate/shared/config/units';
import { splitWords } from '@headgate/shared/config/words';
import { isRefused, lineOf, placeOf } from './carry-over.ts';
import type { Refused } from './carry-over.ts';
import { inlineDefaultServers, inlineDefaults } from './inline-defaults.ts';
import { hasFrontend } from '../config/proxy-kind.ts';

const RULES = [
  'tcp-request',
  'http-request',
  'redirect',
  'use_backend',
  'http-response',
  'http-after-response',
  'force-persist',
  'ignore-persist',
  'use-server',
  'stick',
];
/** The place of the address among a statement's words. */
const ADDRESS_AT: Readonly<Record<string, number>> = {
  bind: 1,
  server: 2,
  'server-template': 3,
  nameserver: 2,
  log: 1,
};
const NAMED = {
  userlist: 'userlists',
  'http-errors': 'http-errors',
  peers: 'peers',
  resolvers: 'resolvers',
  acme: 'acme',
  'crt-store': 'crt-stores',
  frontend: 'frontends',
  listen: 'listens',
  backend: 'backends',
} as const;

/** How the output differs from the original. */
export interface Changes {
  /** Lines that become comments, with the reasons. */
  readonly refused: Refused;
  /** Milliseconds by the position of a word: a number without a unit gets one. */
  readonly durations: ReadonlyMap<string, number>;
  /** Integers by the place of the word, where more is behind them than YAML takes. */
  readonly integers: ReadonlyMap<string, string>;
}

/** The position of the line that HAProxy does not need, because it is its default. */
const NOWHERE: Position = { file: '', line: 0, column: 0 };

/** The configuration in our YAML, with the same meaning. Problems of a line are written above it as a comment. */
export function toYaml(
  raw: RawConfig,
  problems: readonly Problem[],
  changes: Changes = { refused: new Map(), durations: new Map(), integers: new Map() },
): string {
  const writer = new Writer(problems, changes);
  const sections = inlineDefaults(raw.sections);
  writer.strangers(sections);
  const single = (kind: string): Section[] => sections.filter((section) => section.kind === kind);
  for (const [kind, found] of [
    ['global', single('global')],
    ['defaults', withRedispatch(single('defaults'), sections)],
  ] as const) {
    const [first] = found;
    if (first !== undefined)
      writer.section(0, kind, { ...first, statements: found.flatMap((section) => section.statements) });
  }
  for (const [kind, key] of Object.entries(NAMED)) {
    const found = single(kind);
    if (found.some((section) => !isRefused(section, changes.refused))) writer.line(0, `${key}:`);
    for (const section of found) writer.section(1, scalar(section.name?.text ?? ''), section);
  }
  for (const section of sections)
    if (section.kind !== 'global' && section.kind !== 'defaults' && !Object.hasOwn(NAMED, section.kind))
      writer.refused(0, section);
  return writer.text;
}

/** In YAML a retry may go to another server; in haproxy.cfg it stays on one by default. */
function withRedispatch(defaults: readonly Section[], sections: readonly Section[]): readonly Section[] {
  const silent = sections.some(
    (section) => (section.kind === 'backend' || section.kind === 'listen') && !section.statements.some(isRedispatch),
  );
  if (!silent || defaults.some(({ statements }) => statements.some(isRedispatch))) return defaults;
  const words = ['no', 'option', 'redispatch'].map((text) => ({ text, at: NOWHERE })) as [Word, Word, Word];
  const own: Section = { kind: 'defaults', name: undefined, rest: [], at: NOWHERE, statements: [{ words }] };
  return [...defaults, own];
}

function isRedispatch({ words }: Statement): boolean {
  return words.some(({ text }, index) => text === 'redispatch' && words[index - 1]?.text === 'option');
}

class Writer {
  readonly #notes = new Map<string, string[]>();
  readonly #lines: string[] = [];
  readonly #changes: Changes;

  constructor(problems: readonly Problem[], changes: Changes) {
    this.#changes = changes;
    this.#notes.set(lineOf(NOWHERE), ["HAProxy's default; in YAML a retry goes to another server unless this is said"]);
    for (const { at, message } of problems) {
      const key = lineOf(at);
      this.#notes.set(key, [...(this.#notes.get(key) ?? []), message]);
    }
    // A line's reason is written once, and the last one applies.
    for (const [line, messages] of changes.refused) this.#notes.set(line, [...new Set(messages)]);
  }

  get text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  line(depth: number, text: string): void {
    this.#lines.push('  '.repeat(depth) + text);
  }

  /** The problems of this line of the original: once, but every time when the line is left out. */
  notes(depth: number, at: Position): void {
    for (const message of this.#notes.get(lineOf(at)) ?? []) this.line(depth, `# ${oneLine(message)}`);
    if (!this.#changes.refused.has(lineOf(at))) this.#notes.delete(lineOf(at));
  }

  /** The problems of lines that are not statements, such as `.if`: they are not in the result. */
  strangers(sections: readonly Section[]): void {
    const known = new Set([NOWHERE, ...sections.flatMap(placesOf)].map(lineOf));
    for (const [line, messages] of this.#notes)
      if (!known.has(line)) for (const message of messages) this.line(0, `# ${line}: ${oneLine(message)}`);
  }

  section(depth: number, key: string, section: Section): void {
    if (isRefused(section, this.#changes.refused)) {
      this.refused(depth, section);
      return;
    }
    this.notes(depth, section.at);
    const isOut = ({ words }: Statement): boolean => this.#changes.refused.has(lineOf(words[0].at));
    const all = [...legacyBind(section), ...section.statements];
    const statements = inlineDefaultServers(all.filter((statement) => !isOut(statement)));
    // A refused mode appears here only where another one follows in the section.
    const out = all.filter((statement) => isOut(statement) && statement.words[0].text !== 'mode');
    this.line(depth, statements.length === 0 ? `${key}: {}` : `${key}:`);
    for (const statement of out) this.#comment(depth + 1, statement.words);
    for (const [name, group] of grouped(statements)) this.#group(depth + 1, name, group);
  }

  /** A section that is left out completely. */
  refused(depth: number, { kind, name, rest, at, statements }: Section): void {
    this.#comment(depth, [{ text: kind, at }, ...(name === undefined ? [] : [name]), ...rest]);
    for (const { words } of statements) this.#comment(depth, words, '  ');
  }

  #comment(depth: number, words: readonly Word[], indent = ''): void {
    if (words[0] !== undefined) this.notes(depth, words[0].at);
    this.line(depth, `# - ${indent}${this.#join(words)}`);
  }

  #group(depth: number, name: string, group: readonly Statement[]): void {
    if (name === 'rules') {
      this.line(depth, 'rules:');
      for (const { words } of group) this.#entry(depth + 1, '- ', words[0].at, scalar(this.#join(words)));
    } else if (name === 'acl' || name === 'servers' || name === 'timeout') this.#mapping(depth, name, group);
    else if (group.length === 1 && group[0] !== undefined) this.#single(depth, name, group[0]);
    else {
      this.line(depth, `${scalar(name)}:`);
      for (const statement of group) this.#entry(depth + 1, '- ', statement.words[0].at, this.#item(statement));
    }
  }

  /** `acl: { name: … }`, `servers: { name: … }`, `timeout: { name: … }`; a repeated acl becomes a list, of a repeated timeout the last one wins. */
  #mapping(depth: number, name: string, group: readonly Statement[]): void {
    this.line(depth, `${name}:`);
    const byName = new Map<string, Statement[]>();
    for (const statement of group) {
      const key = statement.words[1]?.text ?? '';
      byName.set(key, name === 'acl' ? [...(byName.get(key) ?? []), statement] : [statement]);
    }
    for (const [key, statements] of byName) {
      const [first] = statements;
      if (first !== undefined && statements.length === 1)
        this.#entry(depth + 1, `${scalar(key)}: `, first.words[0].at, scalar(this.#join(first.words, 2)));
      else {
        this.line(depth + 1, `${scalar(key)}:`);
        for (const { words } of statements) this.#entry(depth + 2, '- ', words[0].at, scalar(this.#join(words, 2)));
      }
    }
  }

  #single(depth: number, name: string, { words }: Statement): void {
    const [keyword] = words;
    if (keyword.text !== 'no') this.#entry(depth, `${scalar(name)}: `, keyword.at, this.#value(words));
    else if (words.length === 2) this.#entry(depth, `${scalar(name)}: `, keyword.at, 'false');
    else this.#entry(depth, `${scalar(name)}: `, keyword.at, `{ ${scalar(this.#join(words, 2))}: false }`);
  }

  #entry(depth: number, start: string, at: Position, text: string): void {
    this.notes(depth, at);
    this.line(depth, start + text);
  }

  /** One of several statements with the same keyword. */
  #item({ words }: Statement): string {
    if (words[0].text !== 'no') return this.#value(words);
    return words.length === 2 ? 'false' : `${scalar(this.#join(words, 2))}: false`;
  }

  #value(words: readonly Word[]): string {
    return words.length === 1 ? 'true' : scalar(this.#join(words, 1));
  }

  /** The words from `start` on, as HAProxy's splitting reads them back. */
  #join(words: readonly Word[], start = 0): string {
    const place = ADDRESS_AT[words[0]?.text ?? ''];
    return words
      .map((word, index) => quoteWord(this.#withUnit(word), index === place))
      .slice(start)
      .join(' ');
  }

  /** `86400000` → `1d`: in YAML a small number without a unit is ambiguous, and a large one unreadable. */
  #withUnit(word: Word): Word {
    const integer = this.#changes.integers.get(placeOf(word.at));
    if (integer !== undefined && word.kept === undefined) return { ...word, text: integer };
    const ms = this.#changes.durations.get(placeOf(word.at));
    const bare = word.kept === undefined && (/^\d+$/.test(word.text) || durationBeforeRest(word.text) !== undefined);
    return ms === undefined || !bare ? word : { ...word, text: formatDuration(ms) };
  }
}

/** A word of the original quoted in a message must not end the comment. */
function oneLine(message: string): string {
  return message.replace(/[^\x20-\x7e\u00a0-\uffff]/g, '?');
}

/** The positions of a section and its statements. */
function placesOf({ at, statements }: Section): Position[] {
  return [at, ...statements.map(({ words }) => words[0].at)];
}

function grouped(statements: readonly Statement[]): Map<string, Statement[]> {
  const groups = new Map<string, Statement[]>();
  for (const statement of statements) {
    const [first, second] = statement.words;
    const keyword = first.text === 'no' && second !== undefined ? second.text : first.text;
    const name = RULES.includes(keyword) ? 'rules' : keyword === 'server' ? 'servers' : keyword;
    groups.set(name, [...(groups.get(name) ?? []), statement]);
  }
  return groups;
}

function legacyBind({ kind, rest, at }: Section): Statement[] {
  const inFront = hasFrontend(kind) && rest[0] !== undefined && rest[0].text !== 'from';
  return inFront ? [{ words: [{ text: 'bind', at }, ...rest] }] : [];
}

/** Control characters, and bytes that are no text. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** A word as written in YAML: its variables unchanged, and nothing else that could be read as one. */
function quoteWord({ text, kept, at }: Word, isAddress: boolean): string {
  // Addresses expand their variables without quotes.
  if (isAddress && kept === undefined && /^[^\s"'\\#]+$/.test(text)) return text;
  if (kept !== undefined) return `"${withVariables(text, kept)}"`;
  const printable = !UNPRINTABLE.test(text);
  const [only, ...more] = splitWords(text, at, { braces: true, keepVariables: true }).words;
  if (printable && only?.text === text && only.quoted !== true && only.kept === undefined && more.length === 0)
    return text;
  if (printable && !text.includes("'")) return `'${text}'`;
  return `"${escaped(text)}"`;
}

function withVariables(text: string, kept: readonly KeptVariable[]): string {
  const ends = kept.map(({ end }) => end);
  const before = kept.map(
    ({ start, end }, index) => escaped(text.slice(ends[index - 1] ?? 0, start)) + text.slice(start, end),
  );
  return before.join('') + escaped(text.slice(ends.at(-1) ?? 0));
}

function escaped(text: string): string {
  return text
    .replace(/[\\"$]/g, '\\$&')
    .replaceAll(new RegExp(UNPRINTABLE, 'gu'), (char) =>
      Array.from(writtenBytes(char), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
    );
}

/** A YAML scalar of one line: plain where it reads back unchanged, else in single quotes. */
function scalar(text: string): string {
  const plain =
    /^[^\s\-?:,[\]{}#&*!|>'"%@`]/.test(text) && !/: | #|:$|\s$/.test(text) && !['true', 'false'].includes(text);
  return plain ? text : `'${text.replaceAll("'", "''")}'`;
}
