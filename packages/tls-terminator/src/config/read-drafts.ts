import type { Problems } from '@headgate/shared/config/problem';
import type { RawConfig, Section, Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { ALIASES, HARMLESS_VALUES, OBSOLETE, UNSUPPORTED } from './absent.ts';
import type { Directive } from './directive.ts';
import { globalDirectives, serviceDirectives } from './directives.ts';
import { copyServiceDraft, newGlobalDraft, newServiceDraft } from './draft.ts';
import type { GlobalDraft, NamedDraft } from './draft.ts';

export interface Drafts {
  readonly global: GlobalDraft;
  readonly services: readonly NamedDraft[];
}

const globals = byLowerCase(globalDirectives);
const services = byLowerCase(serviceDirectives);
const unsupported = byLowerCase(UNSUPPORTED);
const obsolete = byLowerCase(OBSOLETE);
const harmless = byLowerCase(HARMLESS_VALUES);
const aliases = byLowerCase(ALIASES);

/** Applies every statement to its draft. As in stunnel, option names are case-insensitive. */
export function readDrafts(raw: RawConfig, problems: Problems): Drafts {
  const global = newGlobalDraft();
  const defaults = newServiceDraft();
  const named: NamedDraft[] = [];
  for (const section of raw.sections) {
    if (section.name === undefined) readGlobal(section, global, defaults, problems);
    else {
      const said = new Set(pairs(section).map(([name]) => keyOf(name)));
      named.push({ name: section.name, draft: readService(section, copyServiceDraft(defaults), problems), said });
    }
  }
  return { global, services: named };
}

function readGlobal(section: Section, global: GlobalDraft, defaults: NamedDraft['draft'], problems: Problems): void {
  const once = new OnlyOnce(problems);
  for (const [name, value] of pairs(section)) {
    const key = keyOf(name);
    const forProcess = globals.get(key);
    const forService = services.get(key);
    if (key === 'connect' || key === 'exec') global.inetd = true;
    if (key === 'accept') problems.error(name.at, `'${name.text}' belongs in a service: put it under [name]`);
    else if (forProcess !== undefined) apply(forProcess, name, value, global, once, problems);
    else if (forService !== undefined) apply(forService, name, value, defaults, once, problems);
    else unknown(name, value, [...Object.keys(globalDirectives), ...Object.keys(serviceDirectives)], problems);
  }
}

function readService(section: Section, draft: NamedDraft['draft'], problems: Problems): NamedDraft['draft'] {
  const once = new OnlyOnce(problems);
  for (const [name, value] of pairs(section)) {
    const key = keyOf(name);
    const directive = services.get(key);
    if (directive !== undefined) apply(directive, name, value, draft, once, problems);
    else if (globals.has(key))
      problems.error(name.at, `'${name.text}' is for the whole process: put it before the first service`);
    else unknown(name, value, Object.keys(serviceDirectives), problems);
  }
  return draft;
}

function apply<Draft>(
  directive: Directive<Draft>,
  name: Word,
  value: Word,
  draft: Draft,
  once: OnlyOnce,
  problems: Problems,
): void {
  if (directive.repeatable !== true) once.see(name);
  directive.apply(value, draft, problems);
}

function unknown(name: Word, value: Word, known: readonly string[], problems: Problems): void {
  const key = name.text.toLowerCase();
  const missing = unsupported.get(key);
  const pointless = obsolete.get(key);
  if (missing !== undefined && harmless.get(key)?.includes(value.text.toLowerCase()) !== true) {
    problems.error(name.at, `'${name.text}' is not supported: ${missing}`);
  } else if (pointless !== undefined) {
    problems.warning(name.at, `'${name.text}' has no effect: ${pointless}`);
  } else if (missing === undefined) {
    problems.error(name.at, `there is no option '${name.text}' here`, nearest(name.text, known));
  }
}

/** In stunnel a later value silently replaces an earlier one: here it is reported. */
class OnlyOnce {
  readonly #lines = new Map<string, number>();
  readonly #problems: Problems;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  see(name: Word): void {
    const key = name.text.toLowerCase();
    const before = this.#lines.get(key);
    if (before !== undefined)
      this.#problems.warning(name.at, `'${name.text}' was already given on line ${before}; the last one counts`);
    this.#lines.set(key, name.at.line);
  }
}

/** The name of an option as the tables have it, in lower case. */
function keyOf(name: Word): string {
  const key = name.text.toLowerCase();
  return aliases.get(key)?.toLowerCase() ?? key;
}

function pairs(section: Section): readonly (readonly [name: Word, value: Word])[] {
  return section.statements.map(({ words: [name, value] }) => [name, value ?? { text: '', at: name.at }]);
}

function byLowerCase<T>(table: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  return new Map(Object.entries(table).map(([name, value]) => [name.toLowerCase(), value]));
}
