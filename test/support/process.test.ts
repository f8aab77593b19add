import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { isAlive } from './alive.ts';
import { inRepository } from './programs.ts';
import { TempDir } from './temp.ts';
import { until } from './until.ts';

/** Runs a test file that starts a process, and returns the id of that process. */
const FILE = (idFile: string, body: string): string => `
import { writeFileSync } from 'node:fs';
import test from 'node:test';
import { TestProcess } from ${JSON.stringify(inRepository('test/support/process.ts'))};
test('inner', async (t) => {
  const child = new TestProcess(t, 'sh', ['-c', ${JSON.stringify(body)}], { stopWithin: 500 });
  writeFileSync(${JSON.stringify(idFile)}, String(child.pid));
  if (process.argv.includes('--wait')) await child.exited;
});
`;

test('killing a test process also ends the programs it started', { timeout: 300_000 }, async (t) => {
  const dir = new TempDir(t);
  const file = dir.write('inner.mjs', FILE(dir.join('id'), 'sleep 100'));
  const inner = spawn(process.execPath, ['--conditions=x-src', file, '--wait'], { stdio: 'ignore' });
  const pid = await until(
    'the inner process',
    async () => Number(await readFile(dir.join('id'), 'utf8').catch(() => '')) || undefined,
  );
  assert.ok(isAlive(pid));
  inner.kill('SIGKILL');
  await until('the program to end', () => !isAlive(pid));
});

test(
  'a program that leaves a child running fails its test, and the child is ended',
  { timeout: 300_000 },
  async (t) => {
    const dir = new TempDir(t);
    const file = dir.write(
      'inner.mjs',
      FILE(dir.join('id'), `trap 'exit 0' TERM; sleep 100 & echo $! > ${dir.join('child')}; wait`).replace(
        'writeFileSync(',
        `
  const { existsSync } = await import('node:fs');
  while (!existsSync(${JSON.stringify(dir.join('child'))})) await new Promise(setImmediate);
  writeFileSync(`,
      ),
    );
    const inner = spawn(process.execPath, ['--conditions=x-src', file], {
      stdio: 'ignore',
      env: { ...process.env, NODE_TEST_CONTEXT: undefined },
    });
    const [code] = await once(inner, 'exit');
    assert.equal(code, 1);
    const child = Number(await readFile(dir.join('child'), 'utf8'));
    await until('the child to end', () => !isAlive(child));
  },
);
