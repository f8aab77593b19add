import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cases } from './cases.ts';
import { makeCertificates } from './certificates.ts';
import { readCommandLine } from './command-line.ts';
import { isBuilt } from './contenders/ours.ts';
import { loadAverage, machine, missingCommands } from './machine.ts';
import { startOrigins } from './origin.ts';
import { installContenders } from './install.ts';
import { judge } from './judge.ts';
import { report } from './report.ts';
import { readResults, writeResult } from './results.ts';
import { runCase } from './run-case.ts';
import { startSink } from './sink.ts';

/** No run takes longer, whatever hangs. */
const LIMIT = 90 * 60_000;

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
  if (wanted === 'list') {
    for (const [name, { title }] of Object.entries(cases)) say(`${name.padEnd(20)} ${title}`);
    return;
  }
  const missing = missingCommands(['taskset', 'getconf', 'openssl', 'nginx', 'wrk', 'curl']);
  if (missing.length > 0) throw new Error(`npm run bench needs ${missing.join(', ')}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  setTimeout(() => process.exit(1), LIMIT).unref();
  installContenders(inRepository('bench'));

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
    const { seconds, rounds } = wanted;
    const outcome = await runCase(cases[name], {
      seconds,
      rounds,
      directory,
      origins,
      sink,
      scale: wanted.quick ? 0.1 : 1,
      certificates,
      cores,
      say,
    });
    const ours = isBuilt('router') && isBuilt('tls-terminator') ? 'built' : 'source';
    const command = `npm run bench -- ${wanted.quick ? '--quick ' : ''}--only ${name}`;
    writeResult(out, {
      case: name,
      command,
      date,
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
