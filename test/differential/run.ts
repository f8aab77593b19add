/**
 * The long comparison: every configuration of a folder through HAProxy and the router.
 *
 *     node --conditions=x-src test/differential/run.ts FOLDER [REQUESTS] [NAME…]
 *
 * FOLDER holds haproxy.cfg files and, if they name files, `files/` beside them.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { compare } from './compare.ts';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const [folder = '', count = '300', ...names] = process.argv.slice(2);
const source = resolve(folder);
let worst = 0;
const totals = new Map<string, number>();
for (const name of readdirSync(source).filter(
  (one) => one.endsWith('.cfg') && (names.length === 0 || names.includes(one)),
)) {
  const work = mkdtempSync(join(tmpdir(), 'headgate-differential-'));
  if (existsSync(join(source, 'files'))) symlinkSync(join(source, 'files'), join(work, 'files'));
  const outcome = await compare(name, readFileSync(join(source, name), 'utf8'), work, Number(count));
  rmSync(work, { recursive: true });
  totals.set(outcome.result, (totals.get(outcome.result) ?? 0) + 1);
  say(`${name}: ${outcome.result}, ${outcome.requests} requests, ${outcome.findings.length} differences`);
  if (outcome.result === 'not loaded by the router')
    say(
      outcome.said
        .split('\n')
        .slice(0, 6)
        .map((line) => `    ${line}`)
        .join('\n'),
    );
  for (const finding of outcome.findings.slice(0, 3))
    say(JSON.stringify(finding, undefined, 1).replaceAll(/^/gm, '    '));
  worst = Math.max(worst, outcome.findings.length);
}
say([...totals].map(([result, number]) => `${number} ${result}`).join(', '));
process.exitCode = worst === 0 ? 0 : 1;
