import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import test from 'node:test';
import { promisify } from 'node:util';

const module = JSON.stringify(import.meta.resolve('./start-memory.ts'));

/** Whether a process that has filled its young generation, and then does `work` every 100 ms for a while, has a smaller heap at the end. */
async function shrinks(work: string): Promise<boolean> {
  const program = `
    import { releaseStartMemory } from ${module};
    const kept = Array.from({ length: 200_000 }, (_, index) => ({ index }));
    kept.length = 0;
    const grown = process.memoryUsage().heapTotal;
    setTimeout(() => {
      releaseStartMemory(1000);
      const timer = setInterval(() => { ${work} }, 100);
      setTimeout(() => {
        clearInterval(timer);
        console.log(process.memoryUsage().heapTotal < grown - 4 * 1024 * 1024);
      }, 1200);
    }, 50);`;
  const argv = ['--no-memory-reducer', '--input-type=module', '-e', program];
  const { stdout } = await promisify(execFile)(process.execPath, argv);
  return stdout.trim() === 'true';
}

test('a process that is idle after its start returns the memory that starting needed', async () => {
  // On a loaded machine the process looks busy now and then.
  for (let attempt = 1; attempt < 5; attempt += 1) if (await shrinks('')) return;
  assert.equal(await shrinks(''), true);
});

test('a busy process keeps it and is not interrupted', async () => {
  assert.equal(await shrinks('for (const end = performance.now() + 50; performance.now() < end; );'), false);
});
