/** A running program and the one that takes over from it, as real processes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { test, type TestContext } from 'node:test';
import { onCleanup } from '../../../../test/support/cleanup.ts';
import { TestProcess } from '../../../../test/support/process.ts';
import { openRaw } from '../../../../test/support/raw.ts';
import { TempDir } from '../../../../test/support/temp.ts';
import { until } from '../../../../test/support/until.ts';

const script = fileURLToPath(new URL('../../../../test/support/lamp.ts', import.meta.url));

test('SIGPWR: a new process takes over, with the pid file, and the old one finishes', async (t) => {
  const dir = new TempDir(t);
  const { started, port } = await startLamp(t, dir, '-p', dir.join('lamp.pid'));
  const socket = await lit(t, port);
  started.signal('SIGPWR');
  await started.says(/ notice handed over: lamp: process \d+ is serving on 127\.0\.0\.1:\d+$/m);
  const [, pid = ''] = /handed over: lamp: process (\d+)/.exec(started.stderr) ?? [];
  onCleanup(t, () => void (isAlive(Number(pid)) && process.kill(Number(pid), 'SIGKILL')));
  assert.notEqual(Number(pid), started.pid);
  assert.equal(readFileSync(dir.join('lamp.pid'), 'utf8'), `${pid}\n`);
  socket.end();
  await started.says(/stopped: everything finished/);
  await until('the first process to end', () => !isAlive(started.pid));
  assert.equal(readFileSync(dir.join('lamp.pid'), 'utf8'), `${pid}\n`);
  // It shares the first one's standard error.
  process.kill(Number(pid), 'SIGKILL');
  assert.deepEqual(await started.exited, { code: 0, signal: null });
});

test('SIGPWR: a new process that cannot start is reported, and the old one serves on', async (t) => {
  const dir = new TempDir(t);
  const { started, port } = await startLamp(t, dir);
  for (const [text, reason] of [
    ['prot 1\n', /unknown keyword 'prot'/],
    [`port ${port}\n`, /the address is already in use/],
    ['port 0\ncrash start\n', /ended \(exit code 3\) before serving/],
  ] as const) {
    dir.write('lamp.conf', text);
    started.signal('SIGPWR');
    await started.says(new RegExp(`err not handed over, this process serves on:[^]*${reason.source}`));
  }
  await lit(t, port);
});

async function startLamp(
  t: TestContext,
  dir: TempDir,
  ...args: readonly string[]
): Promise<{ started: TestProcess; port: number }> {
  const file = dir.write('lamp.conf', 'port 0\n');
  const started = new TestProcess(t, process.execPath, ['--conditions=x-src', script, '-f', file, ...args]);
  await started.says(/serving on 127\.0\.0\.1:\d+/);
  return { started, port: Number(/127\.0\.0\.1:(\d+)/.exec(started.stderr)?.[1]) };
}

/** A connection to a lamp that is on. */
async function lit(t: TestContext, port: number): Promise<Socket> {
  const client = await openRaw(t, port);
  await client.expect('on');
  return client.socket;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
