import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cases } from './cases.ts';
import { BEFORE } from './contenders/ours.ts';
import type { CaseName } from './cases.ts';
import { runChange } from './change/run.ts';
import { makeCertificates } from './certificates.ts';
import { HELP, readChange, readCommandLine, wantsOnly } from './command-line.ts';
import type { Pace, Wanted } from './command-line.ts';
import { contenders } from './contenders.ts';
import { isBuilt } from './contenders/ours.ts';
import { loadAverage, machine, missingCommands } from './machine.ts';
import { startOrigins } from './origin.ts';
import { installContenders } from './install.ts';
import { judge } from './judge.ts';
import type { Row } from './measure/sample.ts';
import { ratiosOf } from './peers.ts';
import { report } from './report.ts';
import { readResults, writeResult } from './results.ts';
import { runCase } from './run-case.ts';
import type { Surroundings } from './running.ts';
import { startSink } from './sink.ts';
import { manyCertificates } from './many-certificates.ts';
import { runWorkers } from './workers.ts';

/** Upper bound on the duration of a run, in case something hangs. */
const LIMIT = 120 * 60_000;

const inRepository = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const say = (line: string): void => console.log(line);
/** What `--only certificates` found; a part of the page. */
const MANY = inRepository('bench/results/many-certificates.md');

try {
  await main();
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

async function main(): Promise<void> {
  const changed = readChange(process.argv.slice(2));
  if (changed !== undefined) {
    await runChange(changed.change, changed.subjects, say);
    process.exit(0);
  }
  if (wantsOnly('workers', process.argv.slice(2))) {
    await runWorkers(say);
    process.exit(0);
  }
  if (wantsOnly('certificates', process.argv.slice(2))) {
    writeFileSync(MANY, await manyCertificates(say));
    process.exit(0);
  }
  const wanted = readCommandLine(process.argv.slice(2));
  if (wanted === 'help') return say(HELP);
  if (wanted === 'list') {
    for (const [name, { title }] of Object.entries(cases)) say(`${name.padEnd(20)} ${title}`);
    say(`${'change'.padEnd(20)} Reloads under traffic, for docs/reliability.md`);
    say(`${'certificates'.padEnd(20)} What 10,000 certificates cost, for docs/performance.md`);
    say(`${'workers'.padEnd(20)} What two workers are worth, for docs/workers.md`);
    return;
  }
  const results = wanted.out ?? inRepository('bench/results');
  const compared = join(results, 'before');
  // Rows of another clone have figures of their own: a page of results without HAProxy would have no goals.
  const out = BEFORE === undefined ? results : compared;
  const page = wanted.out === undefined ? inRepository('docs/performance.md') : join(results, 'performance.md');
  const write = (): void =>
    writeFileSync(
      page,
      report(readResults(results), readResults(compared), existsSync(MANY) ? readFileSync(MANY, 'utf8') : ''),
    );
  if (wanted.cases.length > 0) await measure(wanted, out, write);
  write();
  for (const { goal, ratio, verdict } of judge(readResults(results)))
    say(`${verdict.padEnd(13)} ${ratio?.median.toFixed(3) ?? '     '}  ${goal.title}`);
  say(`written: ${relative(process.cwd(), page)}`);
  process.exit(0);
}

/** Measures case by case; results and report are written after each one. */
async function measure({ cases: names, rows: chosen, pace }: Wanted, out: string, write: () => void): Promise<void> {
  const around = await prepare(names.flatMap((name) => rowsOf(name, chosen)));
  const described = machine();
  for (const name of names) {
    const [date, before] = [new Date().toISOString(), loadAverage()];
    say(`${name}: ${cases[name].title}`);
    const rows = rowsOf(name, chosen);
    if (rows.length === 0) throw new RangeError(`${name} has no such rows`);
    const { seconds, rounds } = pace;
    const outcome = await runCase({ ...cases[name], rows }, { ...around, ...pace, say });
    const options = [
      ...(pace.name === 'full' ? [] : [`--${pace.name}`]),
      `--only ${name}`,
      ...(chosen === undefined ? [] : [`--rows ${rows.map(({ contender }) => contender).join(',')}`]),
    ];
    writeResult(out, {
      case: name,
      command: `npm run bench -- ${options.join(' ')}`,
      date,
      pace: pace.name,
      requests: cases[name].requests,
      seconds,
      rounds,
      separateCores: around.cores.load !== around.cores.measured,
      loadAverage: [before, loadAverage()],
      ours: isBuilt('router') && isBuilt('tls-terminator') ? 'built' : 'source',
      machine: described,
      ratios: ratiosOf(rows, outcome.samples),
      ...outcome,
    });
    write();
  }
}

function rowsOf(name: CaseName, chosen: Wanted['rows']): readonly Row[] {
  return cases[name].rows.filter(({ contender }) => chosen?.includes(contender) ?? true);
}

/** Shared by all cases: origins, certificates, one core each for load and contenders. Ends with this process. */
async function prepare(rows: readonly Row[]): Promise<Omit<Surroundings, keyof Pace>> {
  const missing = missingCommands(['taskset', 'getconf', 'openssl', 'nginx', 'wrk', 'curl']);
  if (missing.length > 0) throw new Error(`npm run bench needs ${missing.join(', ')}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  setTimeout(() => process.exit(1), LIMIT).unref();
  installContenders(
    inRepository('bench'),
    rows.map(({ contender }) => contenders[contender]),
  );
  const cores = { measured: 0, load: availableParallelism() > 1 ? 1 : 0 };
  // Load generated in this process runs on the load's core too.
  execFileSync('taskset', ['-acp', String(cores.load), String(process.pid)], { stdio: 'pipe' });
  const directory = mkdtempSync(join(tmpdir(), 'headgate-bench-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  return {
    directory,
    cores,
    certificates: makeCertificates(directory),
    origins: await startOrigins(directory, cores.load),
    sink: await startSink(),
  };
}
