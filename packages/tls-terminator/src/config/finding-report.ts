import type { Position } from '@headgate/shared/config/raw';
import type { Problems } from '@headgate/shared/config/problem';
import { formatFinding } from '../certificate/finding.ts';
import type { Finding } from '../certificate/finding.ts';
import type { FileOption } from './draft.ts';

/** Findings of one place in the configuration that are shown: `crt` may name a folder of thousands of certificates. */
const MOST = 20;

/** What is wrong with files, said once at the options that name them. */
export class FindingReport {
  readonly #problems: Problems;
  readonly #reported = new Set<Finding>();
  readonly #counts = new Map<string, { readonly at: Position; readonly option: string; more: number; shown: number }>();

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  /** `options`: one of them names the file, the last one where it is not clear which. */
  add(findings: readonly Finding[], options: readonly FileOption[]): void {
    for (const finding of findings) {
      if (this.#reported.has(finding)) continue;
      this.#reported.add(finding);
      const found =
        options.find(({ path }) => path === finding.file) ??
        options.find(({ path }) => finding.file.startsWith(`${path}/`)) ??
        options.at(-1);
      if (found !== undefined) this.#add(finding, found);
    }
  }

  /** Says how many were not shown. */
  end(): void {
    for (const [key, { at, option, more }] of this.#counts) {
      if (more === 0) continue;
      const message = `${option}: ${more} more like these; 'headgate-terminator cert inspect FILE' shows those of one file`;
      if (key.startsWith('error')) this.#problems.error(at, message);
      else this.#problems.warning(at, message);
    }
  }

  #add(finding: Finding, { at, option }: FileOption): void {
    const key = `${finding.severity} ${at.file}:${at.line}:${at.column}`;
    const count = this.#counts.get(key) ?? { at, option, more: 0, shown: 0 };
    this.#counts.set(key, count);
    if (count.shown === MOST) {
      count.more += 1;
      return;
    }
    count.shown += 1;
    const message = `${option}: ${formatFinding(finding)}`;
    if (finding.severity === 'error') this.#problems.error(at, message);
    else this.#problems.warning(at, message);
  }
}
