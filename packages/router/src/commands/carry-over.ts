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

/** The lines left out (`file:line`), with the errors of each. */
export type Refused = ReadonlyMap<string, readonly string[]>;

/** Compiles a configuration and returns its problems. */
export type Check = (raw: RawConfig) => readonly Problem[];

/**
 * Finds the lines to leave out so that the rest compiles: those that are refused, then those that depend on them
 * (rules of a refused acl, references to a refused backend), until nothing is refused. A proxy whose `mode` is refused is left out with
 * all its lines: in another mode they have a different meaning. Problems of a word in `stays` (its position) are ignored.
 */
export function carryOver(raw: RawConfig, check: Check, stays: ReadonlySet<string>): Refused {
  const refused = new Map<string, readonly string[]>();
  // Each turn leaves out at least one line, so this terminates.
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

/** The configuration without the lines left out. */
export function without(raw: RawConfig, refused: Refused): RawConfig {
  const kept = (statement: Statement): boolean => !refused.has(lineOf(statement.words[0].at));
  return {
    sections: raw.sections
      .filter((section) => !isRefused(section, refused))
      .map((section) => ({ ...section, statements: section.statements.filter(kept) })),
  };
}

/** Whether a section is left out completely: it is not supported, or its mode is not. */
export function isRefused(section: Section, refused: Refused): boolean {
  if (section.kind === 'global' || section.kind === 'defaults') return false;
  const mode = section.statements.findLast(({ words }) => words[0].text === 'mode');
  return refused.has(lineOf(section.at)) || (mode !== undefined && refused.has(lineOf(mode.words[0].at)));
}

/** The lines that can be left out. Problems reported at the line of `global` or `defaults` concern the complete configuration. */
function* linesOf(section: Section): Iterable<string> {
  if (section.kind !== 'global' && section.kind !== 'defaults') yield lineOf(section.at);
  for (const { words } of section.statements) yield lineOf(words[0].at);
}
