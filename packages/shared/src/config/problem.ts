import type { Position } from './raw.ts';

/**
 * Something wrong (`error`: nothing starts), doubtful (`warning`: it starts and prints it) or worth knowing (`notice`) in a
 * configuration.
 */
export interface Problem {
  readonly severity: 'error' | 'warning' | 'notice';
  readonly at: Position;
  readonly message: string;
  /** The nearest right word, when there is one: printed as "did you mean 'x'?". */
  readonly suggestion?: string;
}

/** `file:line:column: message; did you mean 'x'?`, the form editors and terminals make clickable. */
export function formatProblem(problem: Problem): string {
  const { at, message, severity, suggestion } = problem;
  const where = `${at.file}:${at.line}:${at.column}`;
  const label = severity === 'error' ? '' : `${severity}: `;
  const hint = suggestion === undefined ? '' : `; did you mean '${suggestion}'?`;
  return `${where}: ${label}${message}${hint}`;
}

/** A problem as `--format json` prints it. The keys are stable. */
export function problemRecord({ severity, at, message, suggestion }: Problem): Readonly<Record<string, unknown>> {
  return {
    severity,
    file: at.file,
    line: at.line,
    column: at.column,
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** Collects problems while a configuration is compiled, so that one run reports all of them. */
export class Problems {
  readonly list: Problem[] = [];

  error(at: Position, message: string, suggestion?: string): void {
    this.#add('error', at, message, suggestion);
  }

  warning(at: Position, message: string, suggestion?: string): void {
    this.#add('warning', at, message, suggestion);
  }

  get hasErrors(): boolean {
    return this.list.some((problem) => problem.severity === 'error');
  }

  notice(at: Position, message: string): void {
    this.#add('notice', at, message, undefined);
  }

  #add(severity: Problem['severity'], at: Position, message: string, suggestion: string | undefined): void {
    this.list.push(suggestion === undefined ? { severity, at, message } : { severity, at, message, suggestion });
  }
}

/**
 * The problems of each file from its first line to its last; the files in the order they first come up. One that was found several
 * times in a place, as in a line that several proxies inherit, is there once.
 */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const files = [...new Set(problems.map(({ at }) => at.file))];
  const different = new Map(problems.toReversed().map((problem) => [formatProblem(problem), problem]));
  return [...different.values()]
    .toReversed()
    .toSorted(
      (one, other) =>
        files.indexOf(one.at.file) - files.indexOf(other.at.file) ||
        one.at.line - other.at.line ||
        one.at.column - other.at.column,
    );
}
