import type { Problem } from '@headgate/shared/config/problem';
import type { Position, RawConfig, Section, Statement, Word } from '@headgate/shared/config/raw';
import { splitWords } from '@headgate/shared/config/words';
import { inlineDefaultServers, inlineDefaults } from './inline-defaults.ts';

const RULES = ['tcp-request', 'http-request', 'redirect', 'use_backend'];
const NAMED = { frontend: 'frontends', listen: 'listens', backend: 'backends' } as const;

/**
 * The configuration in our YAML, with the same meaning. What was said of a line is written above it as a comment;
 * what is not supported yet is kept, so that `check` goes on naming it.
 */
export function toYaml(raw: RawConfig, problems: readonly Problem[]): string {
  const writer = new Writer(problems);
  const sections = inlineDefaults(raw.sections);
  for (const kind of ['global', 'defaults']) {
    const found = sections.filter((section) => section.kind === kind);
    const [first] = found;
    if (first !== undefined)
      writer.section(0, kind, { ...first, statements: found.flatMap((section) => section.statements) });
  }
  for (const [kind, key] of Object.entries(NAMED)) {
    const found = sections.filter((section) => section.kind === kind);
    if (found.length > 0) writer.line(0, `${key}:`);
    for (const section of found) writer.section(1, scalar(section.name?.text ?? ''), section);
  }
  for (const section of sections.filter(
    ({ kind }) => kind !== 'global' && kind !== 'defaults' && !Object.hasOwn(NAMED, kind),
  )) {
    writer.notes(0, section.at);
  }
  return writer.text;
}

class Writer {
  readonly #notes = new Map<string, string[]>();
  readonly #lines: string[] = [];

  constructor(problems: readonly Problem[]) {
    for (const { at, message } of problems) {
      const key = lineOf(at);
      this.#notes.set(key, [...(this.#notes.get(key) ?? []), message]);
    }
  }

  get text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  line(depth: number, text: string): void {
    this.#lines.push('  '.repeat(depth) + text);
  }

  /** What was said of this line of the original, once. */
  notes(depth: number, at: Position): void {
    for (const message of this.#notes.get(lineOf(at)) ?? []) this.line(depth, `# ${message}`);
    this.#notes.delete(lineOf(at));
  }

  section(depth: number, key: string, section: Section): void {
    this.notes(depth, section.at);
    const statements = [...legacyBind(section), ...inlineDefaultServers(section.statements)];
    this.line(depth, statements.length === 0 ? `${key}: {}` : `${key}:`);
    for (const [name, group] of grouped(statements)) this.#group(depth + 1, name, group);
  }

  #group(depth: number, name: string, group: readonly Statement[]): void {
    if (name === 'rules') {
      this.line(depth, 'rules:');
      for (const { words } of group) this.#entry(depth + 1, '- ', words[0].at, scalar(join(words)));
    } else if (name === 'acl' || name === 'servers' || name === 'timeout') this.#mapping(depth, name, group);
    else if (group.length === 1 && group[0] !== undefined) this.#single(depth, name, group[0]);
    else {
      this.line(depth, `${scalar(name)}:`);
      for (const statement of group) this.#entry(depth + 1, '- ', statement.words[0].at, item(statement));
    }
  }

  /** `acl: { name: … }`, `servers: { name: … }`, `timeout: { name: … }`; a repeated acl is a list, of a repeated timeout the last counts. */
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
        this.#entry(depth + 1, `${scalar(key)}: `, first.words[0].at, scalar(join(first.words.slice(2))));
      else {
        this.line(depth + 1, `${scalar(key)}:`);
        for (const { words } of statements) this.#entry(depth + 2, '- ', words[0].at, scalar(join(words.slice(2))));
      }
    }
  }

  #single(depth: number, name: string, statement: Statement): void {
    const { at } = statement.words[0];
    if (statement.words[0].text !== 'no') this.#entry(depth, `${scalar(name)}: `, at, value(statement.words.slice(1)));
    else if (statement.words.length === 2) this.#entry(depth, `${scalar(name)}: `, at, 'false');
    else this.#entry(depth, `${scalar(name)}: `, at, `{ ${scalar(join(statement.words.slice(2)))}: false }`);
  }

  #entry(depth: number, start: string, at: Position, text: string): void {
    this.notes(depth, at);
    this.line(depth, start + text);
  }
}

function lineOf(at: Position): string {
  return `${at.file}:${at.line}`;
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
  const inFront = (kind === 'frontend' || kind === 'listen') && rest[0] !== undefined && rest[0].text !== 'from';
  return inFront ? [{ words: [{ text: 'bind', at }, ...rest] }] : [];
}

/** One of several statements with the same keyword. */
function item({ words }: Statement): string {
  if (words[0].text !== 'no') return value(words.slice(1));
  return words.length === 2 ? 'false' : `${scalar(join(words.slice(2)))}: false`;
}

function value(words: readonly Word[]): string {
  return words.length === 0 ? 'true' : scalar(join(words));
}

/** Words as HAProxy's splitting reads them back. */
function join(words: readonly Word[]): string {
  return words.map(({ text }) => quoteWord(text)).join(' ');
}

function quoteWord(text: string): string {
  const [only, ...more] = splitWords(text, { file: '', line: 1, column: 1 }).words;
  if (only?.text === text && only.quoted !== true && more.length === 0) return text;
  const printable = !/[^\x20-\x7e\u00a0-\uffff]/.test(text);
  if (printable && !text.includes("'")) return `'${text}'`;
  const escaped = text
    .replace(/[\\"$]/g, '\\$&')
    .replace(/[^\x20-\x7e\u00a0-\uffff]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `"${escaped}"`;
}

/** A YAML scalar of one line: plain where that is read back as it is, else in single quotes. */
function scalar(text: string): string {
  const plain =
    /^[^\s\-?:,[\]{}#&*!|>'"%@`]/.test(text) && !/: | #|:$|\s$/.test(text) && !['true', 'false'].includes(text);
  return plain ? text : `'${text.replaceAll("'", "''")}'`;
}
