/**
 * node --conditions=x-src test/attack-table/run.ts: runs every attack against every proxy, each time a fresh one,
 * and writes what happened into docs/security.md, between its two markers. Takes about two minutes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { inRepository } from '../support/programs.ts';
import { attacks } from './attacks.ts';
import { contenders } from './victims.ts';

const FILE = inRepository('docs/security.md');
const BEGIN = '<!-- attack table: begin -->';
const END = '<!-- attack table: end -->';

test('the attack table', { timeout: 900_000 }, async (t) => {
  const rows: string[] = [];
  for (const attack of attacks) {
    const cells: string[] = [];
    for (const contender of contenders) {
      let cell = contender.missing === false ? 'broken attack' : contender.missing;
      await t.test(
        `${attack.title}: ${contender.name}`,
        { skip: contender.missing, timeout: 60_000 },
        async (inner) => {
          const happened = await attack.run(inner, await contender.start(inner));
          cell = happened === undefined ? 'holds' : `**${happened}**`;
          inner.diagnostic(cell);
        },
      );
      cells.push(cell);
    }
    rows.push(`| ${attack.kind} | ${attack.title} | ${cells.join(' | ')} |`);
  }
  const names = contenders.map(({ name }) => name);
  const table = [`| | attack | ${names.join(' | ')} |`, `|---|---|${names.map(() => '---|').join('')}`, ...rows].join(
    '\n',
  );
  const page = readFileSync(FILE, 'utf8');
  writeFileSync(
    FILE,
    `${page.slice(0, page.indexOf(BEGIN) + BEGIN.length)}\n${table}\n${page.slice(page.indexOf(END))}`,
  );
});
