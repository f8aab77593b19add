/**
 * Runs the test files of the given patterns in two passes and reports them as one run: most files side by side, then the
 * files named `*.timed.test.ts` one at a time: those measure time, which other tests on the same cores would falsify.
 * Both passes always run. Exits 1 when a test failed, or when no file matches.
 *
 * Most of a run is a thousand processes that start and compile the same sources: what one has compiled the others read.
 */
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import type { TestEvent } from 'node:test/reporters';

const PASSES = [
  { name: 'side by side', concurrency: 4, holds: (file: string) => !isTimed(file) },
  { name: 'one at a time', concurrency: 1, holds: isTimed },
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

const patterns = process.argv.slice(2);
const files = globSync(patterns, { exclude: ['**/node_modules/**'] }).toSorted();
if (files.length === 0) {
  console.error(`no test file matches ${patterns.join(' ')}`);
  process.exitCode = 1;
} else {
  const compiled = mkdtempSync(join(tmpdir(), 'headgate-compiled-'));
  process.env['NODE_COMPILE_CACHE'] = compiled;
  try {
    await pipeline(Readable.from(bothPasses()), new spec(), process.stdout, { end: false });
  } finally {
    rmSync(compiled, { recursive: true, force: true });
  }
}

function isTimed(file: string): boolean {
  return file.endsWith('.timed.test.ts');
}

async function* bothPasses(): AsyncGenerator<TestEvent> {
  const total: Record<string, number> = {};
  const notes: string[] = [];
  const start = performance.now();
  for (const { name, concurrency, holds } of PASSES) {
    const pass = files.filter(holds);
    if (pass.length === 0) continue;
    const since = performance.now();
    const passed = yield* onePass(pass, concurrency, total);
    const seconds = Math.round((performance.now() - since) / 1000);
    notes.push(`${name}: ${pass.length} files in ${seconds} s, ${passed ? 'passed' : 'failed'}`);
    if (!passed) process.exitCode = 1;
  }
  for (const note of notes) yield diagnostic(note);
  for (const [line, key] of Object.entries(LINES)) yield diagnostic(`${line} ${total[key]}`);
  yield diagnostic(`duration_ms ${performance.now() - start}`);
}

/** The events of one pass except its summary, which is added to `total`. Returns whether all tests passed. */
async function* onePass(
  pass: string[],
  concurrency: number,
  total: Record<string, number>,
): AsyncGenerator<TestEvent, boolean> {
  let passed = false;
  const events: AsyncIterable<TestEvent> = run({ files: pass, concurrency, execArgv: ['--conditions=x-src'] });
  for await (const event of events) {
    const ofTheRun =
      (event.type === 'test:diagnostic' || event.type === 'test:summary') && event.data.file === undefined;
    if (!ofTheRun) yield event;
    else if (event.type === 'test:summary') {
      passed = event.data.success;
      for (const [key, count] of Object.entries(event.data.counts)) total[key] = (total[key] ?? 0) + count;
    }
  }
  return passed;
}

function diagnostic(message: string): TestEvent {
  return { type: 'test:diagnostic', data: { nesting: 0, message, level: 'info' } };
}
