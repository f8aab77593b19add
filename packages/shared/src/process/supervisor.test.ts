import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test, type TestContext } from 'node:test';
import { onCleanup } from '../../../../test/support/cleanup.ts';
import { TestProcess } from '../../../../test/support/process.ts';
import { openRaw } from '../../../../test/support/raw.ts';
import { TempDir } from '../../../../test/support/temp.ts';
import { steady } from '../../../../test/support/until.ts';
import { supervisorOf, watchdogInterval } from './supervisor.ts';

const lamp = fileURLToPath(new URL('../../../../test/support/lamp.ts', import.meta.url));
const skip = missing();

test('systemd hears of serving, reloading and stopping, and that the program lives', { skip }, async (t) => {
  const dir = new TempDir(t);
  const file = dir.write('lamp.conf', 'port 0\n');
  const { heard, env } = await listen(t, dir);
  const started = new TestProcess(t, process.execPath, ['--conditions=x-src', lamp, '-f', file], {
    env: { ...env, WATCHDOG_USEC: '400000' },
  });
  await heard.says(/READY=1[^]*MAINPID=\d+[^]*STATUS=serving on 127\.0\.0\.1:\d+/);
  assert.ok(heard.stdout.includes(`MAINPID=${started.pid}\n`));
  await heard.says(/WATCHDOG=1/);
  started.signal('SIGHUP');
  await heard.says(/RELOADING=1\nMONOTONIC_USEC=\d+[^]*READY=1\nSTATUS=serving under the configuration loaded last/);
  dir.write('wrong.conf', 'prot 0\n');
  renameSync(dir.join('wrong.conf'), file);
  started.signal('SIGHUP');
  await heard.says(/READY=1\nSTATUS=serving under the configuration before: \S+:1:1: unknown keyword 'prot'/);
  started.signal('SIGTERM');
  await heard.says(/STOPPING=1/);
  assert.deepEqual(await started.exited, { code: 0, signal: null });
  assert.equal(started.stderr.includes('cannot report'), false, started.stderr);
});

test('systemd follows a new version, whose event loop it watches from then on', { skip }, async (t) => {
  const dir = new TempDir(t);
  const file = dir.write('lamp.conf', 'port 0\n');
  const { heard, env } = await listen(t, dir);
  // As systemd sets it: the id of the process that it started.
  const started = new TestProcess(
    t,
    'sh',
    ['-c', 'WATCHDOG_PID=$$ exec "$@"', 'sh', process.execPath, '--conditions=x-src', lamp, '-f', file],
    { env: { ...env, WATCHDOG_USEC: '400000' } },
  );
  await heard.says(/MAINPID=\d+[^]*WATCHDOG=1/);
  // Keeps the old process.
  const client = await openRaw(t, Number(/127\.0\.0\.1:(\d+)/.exec(started.stderr)?.[1]));
  await client.expect('on');
  started.signal('SIGPWR');
  await started.says(/stopping on SIGPWR/);
  const [, pid = ''] = /handed over: lamp: process (\d+)/.exec(started.stderr) ?? [];
  onCleanup(t, () => void process.kill(Number(pid), 'SIGKILL'));
  await heard.says(new RegExp(`MAINPID=${pid}\\n[^]*WATCHDOG=1[^]*WATCHDOG=1`));
  // The old one must not vouch for a new one that is stuck.
  process.kill(Number(pid), 'SIGSTOP');
  await steady('signs of life', () => heard.stdout.split('WATCHDOG=1').length, 1000);
  process.kill(Number(pid), 'SIGCONT');
  client.socket.end();
  await started.says(/stopped: everything finished/);
  assert.equal(heard.stdout.includes('STOPPING=1'), false);
});

test('a supervisor that cannot be reached is reported once, and the program serves', { skip }, async (t) => {
  const dir = new TempDir(t);
  const started = new TestProcess(
    t,
    process.execPath,
    ['--conditions=x-src', lamp, '-f', dir.write('lamp.conf', 'port 0\n')],
    { env: { NOTIFY_SOCKET: dir.join('nowhere'), WATCHDOG_USEC: '200000' } },
  );
  await started.says(/ warning cannot report to the supervisor at \S+nowhere: systemd-notify ended with exit code 1$/m);
  started.signal('SIGHUP');
  await started.says(/reloaded on SIGHUP/);
  assert.equal(started.stderr.match(/cannot report/g)?.length, 1);
});

test('without a supervisor nothing is started', () => {
  const silent = { log: () => assert.fail('nothing to say') };
  for (const env of [{}, { NOTIFY_SOCKET: '' }, { NOTIFY_SOCKET: 'relative' }]) {
    const supervisor = supervisorOf(env, silent);
    supervisor.serving(['x']);
    supervisor.reloading();
    supervisor.stopping();
    void supervisor.end();
  }
});

for (const [env, expected] of [
  [{ WATCHDOG_USEC: '60000000' }, 30_000],
  [{ WATCHDOG_USEC: '60000000', WATCHDOG_PID: String(process.pid) }, 30_000],
  [{ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '1' }, undefined],
  [{ WATCHDOG_USEC: '0' }, undefined],
  [{ WATCHDOG_USEC: 'soon' }, undefined],
  [{}, undefined],
] as const)
  test(`the watchdog of ${JSON.stringify(env)} is fed every ${expected} ms`, () =>
    assert.equal(watchdogInterval(env), expected));

/** A notify socket as systemd's: prints every datagram. socat would keep the descriptor of BARRIER=1 open. */
async function listen(t: TestContext, dir: TempDir): Promise<{ heard: TestProcess; env: NodeJS.ProcessEnv }> {
  const path = dir.join('notify');
  const script =
    'use Socket; socket(S, AF_UNIX, SOCK_DGRAM, 0); bind(S, sockaddr_un($ARGV[0])) or die $!; $| = 1; print "listening\n";' +
    'while (defined(recv(S, $m, 4096, 0))) { print "$m\n" }';
  const heard = new TestProcess(t, 'perl', ['-e', script, path]);
  await heard.says(/^listening$/m);
  return { heard, env: { NOTIFY_SOCKET: path } };
}

function missing(): string | false {
  const programs = [
    ['systemd-notify', '--version'],
    ['perl', '-v'],
  ] as const;
  const absent = programs.find(([program, version]) => spawnSync(program, [version]).error !== undefined);
  return absent === undefined ? false : `${absent[0]} is not installed`;
}
