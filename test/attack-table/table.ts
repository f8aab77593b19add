import { readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import type { TestContext } from 'node:test';
import type { Latency } from '../support/fairness.ts';
import type { StartOptions } from '../support/process.ts';
import { inRepository } from '../support/programs.ts';

const FILE = inRepository('docs/security.md');
/** Milliseconds. A client that waits longer is not served. */
const TOLERABLE = 1000;

/** Undefined when the victim held, else what became of it in a few words; or what another client waited meanwhile. */
export type Outcome = string | Latency | typeof ABSENT | undefined;
/** The victim has nothing that could be attacked so. */
export const ABSENT = Symbol('absent');

/** What is done to a victim. */
export interface Row<Victim> {
  readonly kind: string;
  readonly title: string;
  /** How the victim is started. */
  readonly options?: StartOptions;
  run(t: TestContext, victim: Victim): Promise<Outcome>;
}

export interface Column<Victim> {
  readonly name: string;
  /** Why it cannot be attacked here, or false. */
  readonly missing: string | false;
  start(t: TestContext, options: StartOptions): Promise<Victim>;
}

/**
 * Runs attacks, each against a fresh victim of every column, and writes the table `name` into docs/security.md. Words on the
 * command line choose the attacks whose title has one of them; the rows of the others stay as they are.
 */
export function writeTable<Victim>(
  name: string,
  attacks: readonly Row<Victim>[],
  columns: readonly Column<Victim>[],
): void {
  const words = process.argv.slice(2);
  const chosen = attacks.filter(({ title }) => words.length === 0 || words.some((word) => title.includes(word)));
  if (chosen.length === 0) return;
  test(`the ${name}`, { timeout: 3_600_000 }, async (t) => {
    const lines = new Map(linesOf(name));
    for (const attack of chosen) {
      const cells: string[] = [];
      for (const column of columns) {
        let cell = column.missing === false ? 'broken attack' : column.missing;
        const limits = { skip: column.missing, timeout: 120_000 };
        await t.test(`${attack.title}: ${column.name}`, limits, async (inner) => {
          cell = text(await attack.run(inner, await column.start(inner, attack.options ?? {})));
          inner.diagnostic(cell);
        });
        cells.push(cell);
      }
      lines.set(attack.title, `| ${attack.kind} | ${attack.title} | ${cells.join(' | ')} |`);
    }
    const names = columns.map((column) => column.name);
    const head = [`| | attack | ${names.join(' | ')} |`, `|---|---|${names.map(() => '---|').join('')}`];
    replace(name, [...head, ...attacks.flatMap(({ title }) => lines.get(title) ?? [])]);
  });
}

function text(outcome: Outcome): string {
  if (outcome === undefined) return 'holds';
  if (outcome === ABSENT) return '–';
  if (typeof outcome === 'string') return `**${outcome}**`;
  const figures = [outcome.median, outcome.slowest].map((ms) => Math.max(1, Math.round(ms))).join(' / ');
  return outcome.slowest < TOLERABLE ? `${figures} ms` : `**${figures} ms**`;
}

/** The rows that the page has, by their title. */
function linesOf(name: string): readonly (readonly [title: string, line: string])[] {
  const [before, after] = around(name);
  const rows = readFileSync(FILE, 'utf8').slice(before.length, -after.length).trim().split('\n').slice(2);
  return rows.map((line) => [line.split(' | ')[1] ?? '', line] as const);
}

function replace(name: string, lines: readonly string[]): void {
  const [before, after] = around(name);
  writeFileSync(FILE, `${before}\n${lines.join('\n')}\n${after}`);
}

/** The page before and after a table, each with its marker. */
function around(name: string): readonly [string, string] {
  const page = readFileSync(FILE, 'utf8');
  const begin = `<!-- ${name}: begin -->`;
  const [from, to] = [page.indexOf(begin), page.indexOf(`<!-- ${name}: end -->`)];
  if (from === -1 || to === -1) throw new Error(`${FILE} has no markers of the ${name}`);
  return [page.slice(0, from + begin.length), page.slice(to)];
}
