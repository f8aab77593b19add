import { readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { inRepository } from '../support/programs.ts';

const FILE = inRepository('docs/security.md');

/** What is done to a victim, and what became of it; undefined when it held. */
export interface Row<Victim> {
  readonly kind: string;
  readonly title: string;
  run(t: TestContext, victim: Victim): Promise<string | undefined>;
}

export interface Column<Victim> {
  readonly name: string;
  /** Why it cannot be attacked here, or false. */
  readonly missing: string | false;
  start(t: TestContext): Promise<Victim>;
}

/** Runs every attack against a fresh victim of every column and writes the table `name` into docs/security.md. */
export function writeTable<Victim>(
  name: string,
  attacks: readonly Row<Victim>[],
  columns: readonly Column<Victim>[],
): void {
  test(`the ${name}`, { timeout: 900_000 }, async (t) => {
    const rows: string[] = [];
    for (const attack of attacks) {
      const cells: string[] = [];
      for (const column of columns) {
        let cell = column.missing === false ? 'broken attack' : column.missing;
        const limits = { skip: column.missing, timeout: 60_000 };
        await t.test(`${attack.title}: ${column.name}`, limits, async (inner) => {
          const happened = await attack.run(inner, await column.start(inner));
          cell = happened === undefined ? 'holds' : `**${happened}**`;
          inner.diagnostic(cell);
        });
        cells.push(cell);
      }
      rows.push(`| ${attack.kind} | ${attack.title} | ${cells.join(' | ')} |`);
    }
    const names = columns.map((column) => column.name);
    const head = [`| | attack | ${names.join(' | ')} |`, `|---|---|${names.map(() => '---|').join('')}`];
    const begin = `<!-- ${name}: begin -->`;
    const page = readFileSync(FILE, 'utf8');
    const before = page.slice(0, page.indexOf(begin) + begin.length);
    const after = page.slice(page.indexOf(`<!-- ${name}: end -->`));
    writeFileSync(FILE, `${before}\n${[...head, ...rows].join('\n')}\n${after}`);
  });
}
