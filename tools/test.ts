/**
 * Runs the test files of the given patterns in three passes and reports them as one run: most files side by side; then the
 * files named `*.timed.test.ts`, which wait for timeouts that busy cores would falsify, and leave the cores idle; then those
 * named `*.alone.test.ts`, which measure what they do to the cores themselves. All passes always run. Exits 1 when a test
 * failed, or when no file matches.
 *
 * A scenario that fails is run once more, alone, and the report names it either way: beside others on two cores that are
 * also somebody else's, one process may stand still for a second. What finds something new each time, the fuzz tests, and
 * what needs no processes, the tests beside the code, get no second chance.
 *
 * Most of a run is a thousand processes that start and compile the same sources: what one has compiled the others read.
 */
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import type { TestEvent } from 'node:test/reporters';

const PASSES = [
  { name: 'side by side', concurrency: 4, holds: (file: string) => !isTimed(file) && !isAlone(file) },
  { name: 'three at a time', concurrency: 3, holds: isTimed },
  { name: 'one at a time', concurrency: 1, holds: isAlone },
];
/** The lines of the summary, in the words of `node --test`, and what they are called in its events. */
const LINES = {
  tests: 'tests',
  suites: 'suites',
  pass: 'passed',
  fail: 'failed',
  cancelled: 'cancelled',
  skipped: 'skipped',
  todo: 'todo',
};

const SECOND_CHANCE = /^test\/(?!fuzz\/)/;

/** More failures than this are no accident. */
const MOST_TWICE = 5;
/** A file that takes longer hangs, maybe after its last test: it is ended, fails, and the others are still run. Milliseconds. */
const LONGEST = 300_000;
/** How many of the slowest files are named. */
const SLOWEST = 12;

type Counts = Record<string, number>;

const patterns = process.argv.slice(2);
const files = globSync(patterns, { exclude: ['**/node_modules/**'] }).toSorted();
if (files.length === 0) {
  console.error(`no test file matches ${patterns.join(' ')}`);
  process.exitCode = 1;
} else {
  const compiled = mkdtempSync(join(tmpdir(), 'headgate-compiled-'));
  process.env['NODE_COMPILE_CACHE'] = compiled;
  const watch = setInterval(endHanging, 1000, new Map<string, number>());
  try {
    await pipeline(Readable.from(allPasses()), new spec(), process.stdout, { end: false });
  } finally {
    clearInterval(watch);
    rmSync(compiled, { recursive: true, force: true });
  }
}

/**
 * Kills the processes of files that take too long; `since` has when each was first seen. The runner has a limit for tests only, and
 * a process that does nothing but run in circles at its end obeys no other signal. Linux only.
 */
function endHanging(since: Map<string, number>): void {
  const list = `/proc/${process.pid}/task/${process.pid}/children`;
  const children = existsSync(list) ? readFileSync(list, 'utf8').split(' ').filter(Boolean) : [];
  for (const child of children) {
    const started = since.get(child) ?? Date.now();
    since.set(child, started);
    if (Date.now() - started > LONGEST) process.kill(Number(child), 'SIGKILL');
  }
  for (const known of since.keys()) if (!children.includes(known)) since.delete(known);
}

function isTimed(file: string): boolean {
  return file.endsWith('.timed.test.ts');
}

function isAlone(file: string): boolean {
  return file.endsWith('.alone.test.ts');
}

async function* allPasses(): AsyncGenerator<TestEvent> {
  const outcomes = new Map<string, Counts>();
  const start = performance.now();
  for (const { name, concurrency, holds } of PASSES) yield* onePass(name, files.filter(holds), concurrency, outcomes);
  const failed = files.filter((file) => !passed(outcomes.get(file)));
  if (failed.length <= MOST_TWICE && failed.every((file) => SECOND_CHANCE.test(file))) {
    yield* onePass('once more, alone', failed, 1, outcomes);
    for (const file of failed) yield diagnostic(`${file}: ${passed(outcomes.get(file)) ? 'passed' : 'failed'} alone`);
  }
  if (!files.every((file) => passed(outcomes.get(file)))) process.exitCode = 1;
  const slowest = [...outcomes].toSorted(([, one], [, other]) => time(other) - time(one)).slice(0, SLOWEST);
  yield diagnostic(
    `slowest: ${slowest.map(([file, counts]) => `${file} ${Math.round(time(counts) / 1000)} s`).join(', ')}`,
  );
  for (const [line, key] of Object.entries(LINES)) yield diagnostic(`${line} ${sum(outcomes, key)}`);
  yield diagnostic(`duration_ms ${performance.now() - start}`);
}

/** The events of one pass except its summary. What came of each file is noted in `outcomes`, in place of what came of it before. */
async function* onePass(
  name: string,
  pass: string[],
  concurrency: number,
  outcomes: Map<string, Counts>,
): AsyncGenerator<TestEvent> {
  if (pass.length === 0) return;
  const since = performance.now();
  for (const file of pass) outcomes.set(file, {});
  const events: AsyncIterable<TestEvent> = run({ files: pass, concurrency, execArgv: ['--conditions=x-src'] });
  for await (const event of events) {
    const ofTheRun =
      (event.type === 'test:diagnostic' || event.type === 'test:summary') && event.data.file === undefined;
    if (ofTheRun) continue;
    yield event;
    if (event.type === 'test:summary')
      note(outcomes, event.data.file, { ...event.data.counts, milliseconds: event.data.duration_ms });
    // A process that ends badly behind its last test, or before its first, is in no summary of its file.
    if (event.type === 'test:fail' && resolve(event.data.name) === event.data.file)
      note(outcomes, event.data.file, { tests: 1, failed: 1 });
  }
  const seconds = Math.round((performance.now() - since) / 1000);
  const outcome = pass.every((file) => passed(outcomes.get(file))) ? 'passed' : 'failed';
  yield diagnostic(`${name}: ${pass.length} files in ${seconds} s, ${outcome}`);
}

function note(outcomes: ReadonlyMap<string, Counts>, file: string | undefined, more: Counts): void {
  const counts = file === undefined ? undefined : outcomes.get(relative(process.cwd(), file));
  if (counts === undefined) return;
  for (const [key, value] of Object.entries(more)) counts[key] = (counts[key] ?? 0) + value;
}

function passed(counts: Counts | undefined): boolean {
  return counts !== undefined && (counts['failed'] ?? 0) + (counts['cancelled'] ?? 0) === 0;
}

function time(counts: Counts): number {
  return counts['milliseconds'] ?? 0;
}

function sum(outcomes: ReadonlyMap<string, Counts>, key: string): number {
  return [...outcomes.values()].reduce((total, counts) => total + (counts[key] ?? 0), 0);
}

function diagnostic(message: string): TestEvent {
  return { type: 'test:diagnostic', data: { nesting: 0, message, level: 'info' } };
}
