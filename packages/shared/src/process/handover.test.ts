/** A running program and the one that takes over from it, as real processes. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { test, type TestContext } from 'node:test';
import { isAlive } from '../../../../test/support/alive.ts';
import { onCleanup } from '../../../../test/support/cleanup.ts';
import { TestProcess } from '../../../../test/support/process.ts';
import { openRaw } from '../../../../test/support/raw.ts';
import { TempDir } from '../../../../test/support/temp.ts';
import { settled, until } from '../../../../test/support/until.ts';
import { handOver } from './handover.ts';
import { statOf } from './process-stat.ts';

const script = fileURLToPath(new URL('../../../../test/support/lamp.ts', import.meta.url));

test('SIGPWR: a new process takes over, with the pid file, and the old one finishes', async (t) => {
  const dir = new TempDir(t);
  const { started, port } = await startLamp(t, dir, '-p', dir.join('lamp.pid'));
  const socket = await lit(t, port);
  const pid = await upgrade(t, started);
  assert.notEqual(pid, started.pid);
  assert.equal(readFileSync(dir.join('lamp.pid'), 'utf8'), `${pid}\n`);
  await started.says(/stopping on SIGPWR: finishing open requests, without a deadline/);
  // systemd learns of the end of its own children, and of those that were given to it.
  assert.notEqual(statOf(pid)?.[1], String(started.pid));
  socket.end();
  await started.says(/stopped: everything finished/);
  await until('the first process to end', () => !isAlive(started.pid));
  assert.equal(readFileSync(dir.join('lamp.pid'), 'utf8'), `${pid}\n`);
  // It shares the first one's standard error.
  process.kill(pid, 'SIGKILL');
  assert.deepEqual(await started.exited, { code: 0, signal: null });
});

test('SIGPWR: a new process that cannot start is reported, and the old one serves on', async (t) => {
  const dir = new TempDir(t);
  const { started, port } = await startLamp(t, dir);
  for (const [text, reason] of [
    ['prot 1\n', /unknown keyword 'prot'/],
    [`port ${port}\n`, /the address is already in use/],
    ['port 0\ncrash start\n', /the new process ended before serving/],
  ] as const) {
    dir.write('lamp.conf', text);
    started.signal('SIGPWR');
    await started.says(new RegExp(`err not handed over, this process serves on:[^]*${reason.source}`));
  }
  await lit(t, port);
});

test('a new process that the system refuses to start is reported', async () => {
  // More than the system accepts as one argument.
  const report = await handOver(['x'.repeat(1_000_000)], true, () => []);
  assert.deepEqual(report, { kind: 'died', text: 'cannot start the new process: spawn E2BIG' });
});

test('an old process with hard-stop-after closes what is left then', async (t) => {
  const dir = new TempDir(t);
  const { started, port } = await startLamp(t, dir);
  dir.write('lamp.conf', 'port 0\nhard-stop 50\n');
  started.signal('SIGHUP');
  await started.says(/reloaded on SIGHUP/);
  const closed = once(await lit(t, port), 'end');
  await upgrade(t, started);
  await settled('the deadline', closed);
  await started.says(/stopping on SIGPWR: finishing open requests, for at most 0\.05 s[^]*stopped: deadline reached/);
});

test('SIGTERM to an old process finishes what is open within the usual time, a second one ends it at once', async (t) => {
  const dir = new TempDir(t);
  const { started, port } = await startLamp(t, dir);
  const closed = once(await lit(t, port), 'end');
  await upgrade(t, started);
  await started.says(/stopping on SIGPWR/);
  // Soft stops and reloads ask for nothing new.
  started.signal('SIGUSR1');
  started.signal('SIGHUP');
  await started.says(/not reloaded on SIGHUP/);
  started.signal('SIGTERM');
  await started.says(/stopping on SIGTERM: finishing open requests, for at most 30 s/);
  // A supervisor that signals all processes, and the new process: both mean this one stop.
  started.signal('SIGTERM');
  let open = true;
  void closed.then(() => (open = false));
  const asked = performance.now();
  await until('the connection to close', () => {
    started.signal('SIGTERM');
    return !open;
  });
  assert.ok(performance.now() - asked > 500);
  await started.says(/stopped at once on a second signal, SIGTERM/);
});

for (const [signal, told] of [
  ['SIGTERM', 'stops old processes too, and waits for them'],
  ['SIGUSR1', 'waits for old processes'],
] as const)
  test(`${signal} ${told}`, async (t) => {
    const dir = new TempDir(t);
    const { started, port } = await startLamp(t, dir);
    const socket = await lit(t, port);
    const pid = await upgrade(t, started);
    await started.says(/stopping on SIGPWR/);
    process.kill(pid, signal);
    const stops = signal === 'SIGTERM' ? 2 : 1;
    await until('the stop', () => started.stderr.split(`stopping on ${signal}`).length === stops + 1);
    assert.deepEqual([started.pid, pid].map(isAlive), [true, true]);
    socket.end();
    await until('both to end', () => !isAlive(started.pid) && !isAlive(pid));
    // Their last words may arrive after their end.
    await until('both to say so', () => started.stderr.split('stopped: everything finished').length === 3);
  });

test('old processes stay side by side until they have outlived as many upgrades as they may', async (t) => {
  const dir = new TempDir(t);
  const { started, port } = await startLamp(t, dir);
  dir.write('lamp.conf', 'port 0\nupgrades 2\n');
  const ends: Promise<unknown>[] = [];
  const pids = [started.pid];
  let at = port;
  for (let generation = 0; generation < 3; generation += 1) {
    // Each lamp has a port of its own.
    ends.push(once(await lit(t, at), 'end'));
    const pid = await upgrade(t, started, pids.at(-1));
    pids.push(pid);
    at = Number(new RegExp(`process ${pid} is serving on 127\\.0\\.0\\.1:(\\d+)`).exec(started.stderr)?.[1]);
  }
  // The first one has outlived two: the third took over.
  await started.says(/stopping on SIGTERM/);
  assert.deepEqual(pids.map(isAlive), [true, true, true, true]);
  let open = true;
  void ends[0]?.then(() => (open = false));
  await until('the first process to end', () => {
    started.signal('SIGTERM');
    return !open;
  });
  assert.deepEqual(pids.slice(1).map(isAlive), [true, true, true]);
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

/** Lets a new process take over from this one, or from its successor `from`; returns its id. All share one standard error. */
async function upgrade(t: TestContext, started: TestProcess, from = started.pid): Promise<number> {
  const handed = /handed over: lamp: process (\d+)/g;
  const before = started.stderr.match(handed)?.length ?? 0;
  process.kill(from, 'SIGPWR');
  let pid = 0;
  await until('the new process', () => {
    pid = Number([...started.stderr.matchAll(handed)][before]?.[1] ?? 0);
    return pid > 0;
  });
  onCleanup(t, () => void (isAlive(pid) && process.kill(pid, 'SIGKILL')));
  return pid;
}

/** A connection to a lamp that is on. */
async function lit(t: TestContext, port: number): Promise<Socket> {
  const client = await openRaw(t, port);
  await client.expect('on');
  return client.socket;
}
