import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cases } from './cases.ts';
import type { CaseName } from './cases.ts';
import { makeCertificates } from './certificates.ts';
import { HELP, readCommandLine } from './command-line.ts';
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
import { startSink } from './sink.ts';

/** No run takes longer, whatever hangs. */
const LIMIT = 120 * 60_000;

const inRepository = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const say = (line: string): void => console.log(line);

try {
  await main();
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

async function main(): Promise<void> {
  const wanted = readCommandLine(process.argv.slice(2));
  if (wanted === 'help') return say(HELP);
  if (wanted === 'list') {
    for (const [name, { title }] of Object.entries(cases)) say(`${name.padEnd(20)} ${title}`);
    return;
  }
  const missing = missingCommands(['taskset', 'getconf', 'openssl', 'nginx', 'wrk', 'curl']);
  if (missing.length > 0) throw new Error(`npm run bench needs ${missing.join(', ')}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  setTimeout(() => process.exit(1), LIMIT).unref();
  const rowsOf = (name: CaseName): readonly Row[] =>
    cases[name].rows.filter(({ contender }) => wanted.rows?.includes(contender) ?? true);
  installContenders(
    inRepository('bench'),
    wanted.cases.flatMap((name) => rowsOf(name).map(({ contender }) => contenders[contender])),
  );

  const separateCores = availableParallelism() > 1;
  const cores = { measured: 0, load: separateCores ? 1 : 0 };
  // Load that is made in this process runs on the core of the load too.
  execFileSync('taskset', ['-acp', String(cores.load), String(process.pid)], { stdio: 'pipe' });

  const directory = mkdtempSync(join(tmpdir(), 'headgate-bench-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  const certificates = makeCertificates(directory);
  const origins = await startOrigins(directory, cores.load);
  const sink = await startSink();
  const out = wanted.out ?? inRepository('bench/results');
  const page = wanted.out === undefined ? inRepository('docs/performance.md') : join(out, 'performance.md');
  const described = machine();

  for (const name of wanted.cases) {
    const [date, before] = [new Date().toISOString(), loadAverage()];
    say(`${name}: ${cases[name].title}`);
    const { seconds, rounds, name: pace } = wanted.pace;
    const rows = rowsOf(name);
    if (rows.length === 0) throw new RangeError(`${name} has none of these rows`);
    const outcome = await runCase(
      { ...cases[name], rows },
      {
        ...wanted.pace,
        directory,
        origins,
        sink,
        certificates,
        cores,
        say,
      },
    );
    const ours = isBuilt('router') && isBuilt('tls-terminator') ? 'built' : 'source';
    const chosen = wanted.rows === undefined ? '' : ` --rows ${rows.map(({ contender }) => contender).join(',')}`;
    const command = `npm run bench -- ${pace === 'full' ? '' : `--${pace} `}--only ${name}${chosen}`;
    writeResult(out, {
      case: name,
      command,
      date,
      pace,
      requests: cases[name].requests,
      ratios: ratiosOf(rows, outcome.samples),
      seconds,
      rounds,
      separateCores,
      loadAverage: [before, loadAverage()],
      ours,
      machine: described,
      ...outcome,
    });
    writeFileSync(page, report(readResults(out)));
  }

  for (const { goal, ratio, verdict } of judge(readResults(out)))
    say(`${verdict.padEnd(13)} ${ratio?.median.toFixed(3) ?? '     '}  ${goal.title}`);
  say(`written: ${relative(process.cwd(), page)}`);
  process.exit(0);
}
