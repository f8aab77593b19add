import type { Problem } from '@headgate/shared/config/problem';
import type { Position, RawConfig, Section, Statement } from '@headgate/shared/config/raw';

/** `file:line`: in a haproxy.cfg a statement is a line. */
export function lineOf(at: Position): string {
  return `${at.file}:${at.line}`;
}

/** `file:line:column`: a word. */
export function placeOf(at: Position): string {
  return `${lineOf(at)}:${at.column}`;
}

/** The lines that were left out (`file:line`), and what is wrong with each. */
export type Refused = ReadonlyMap<string, readonly string[]>;

/** Compiles a configuration and says what is wrong with it. */
export type Check = (raw: RawConfig) => readonly Problem[];

/**
 * Finds the lines to leave out so that the rest compiles: those that are refused, then those that need what they define
 * (rules of a refused acl, references to a refused backend), until nothing is refused. A proxy whose `mode` is refused is left out with
 * all its lines: in another mode its other lines mean something else. What is said of a word in `stays` (its place) is not held against its line.
 */
export function carryOver(raw: RawConfig, check: Check, stays: ReadonlySet<string>): Refused {
  const refused = new Map<string, readonly string[]>();
  // Each turn leaves out a line at least, so this ends.
  for (;;) {
    const found = new Map<string, string[]>();
    for (const { severity, at, message } of check(without(raw, refused))) {
      const line = lineOf(at);
      if (severity !== 'error' || stays.has(placeOf(at)) || refused.has(line)) continue;
      found.set(line, [...(found.get(line) ?? []), message]);
    }
    const removable = new Set(raw.sections.flatMap((section) => [...linesOf(section)]));
    const lines = [...found].filter(([line]) => removable.has(line));
    if (lines.length === 0) return refused;
    for (const [line, messages] of lines) refused.set(line, messages);
  }
}

/** The configuration without the lines that were left out. */
export function without(raw: RawConfig, refused: Refused): RawConfig {
  const kept = (statement: Statement): boolean => !refused.has(lineOf(statement.words[0].at));
  return {
    sections: raw.sections
      .filter((section) => !isRefused(section, refused))
      .map((section) => ({ ...section, statements: section.statements.filter(kept) })),
  };
}

/** Whether nothing of a section is carried over: it cannot be, or not in the mode that it is written for. */
export function isRefused(section: Section, refused: Refused): boolean {
  if (section.kind === 'global' || section.kind === 'defaults') return false;
  const mode = section.statements.findLast(({ words }) => words[0].text === 'mode');
  return refused.has(lineOf(section.at)) || (mode !== undefined && refused.has(lineOf(mode.words[0].at)));
}

/** The lines that can be left out. Problems that are told at the line of `global` or `defaults` are those of the whole. */
function* linesOf(section: Section): Iterable<string> {
  if (section.kind !== 'global' && section.kind !== 'defaults') yield lineOf(section.at);
  for (const { words } of section.statements) yield lineOf(words[0].at);
}
