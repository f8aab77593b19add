/** The files of deploy/ under the real supervisors: started, killed and restarted, stopped. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { request } from '../../support/client.ts';
import { isListening } from '../../support/ports.ts';
import { TestProcess, run } from '../../support/process.ts';
import { together } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';
import { install, kill, notInstalled, pidIn } from './installed.ts';
import type { Installed } from './installed.ts';

const PROGRAMS = ['headgate-terminator', 'headgate-router'] as const;
/** Supervisors poll once a second, and the machine may be busy. */
const PATIENCE = 30_000;

async function serves({ ports, ca }: Installed): Promise<void> {
  const answer = await request(`https://127.0.0.1:${ports.https}/`, { ca, servername: 'localhost' });
  assert.equal(answer.status, 200);
}

async function bothUp({ pidFiles, ports }: Installed): Promise<void> {
  await until(
    'both pid files and ports',
    async () => {
      const named = PROGRAMS.every((program) => pidIn(pidFiles[program]) !== undefined);
      return named && (await isListening(ports.https)) && (await isListening(ports.http));
    },
    PATIENCE,
  );
}

/** Kills each program; the supervisor must restart it, with another process id. */
async function startedAgain(machine: Installed): Promise<void> {
  for (const program of PROGRAMS) {
    const before = pidIn(machine.pidFiles[program]);
    kill(before);
    await until(
      `${program} to be restarted`,
      () => {
        const after = pidIn(machine.pidFiles[program]);
        return after !== undefined && after !== before;
      },
      PATIENCE,
    );
  }
  await bothUp(machine);
  await serves(machine);
}

async function bothGone({ pidFiles, ports }: Installed): Promise<void> {
  await until(
    'both to stop',
    async () => {
      const named = PROGRAMS.some((program) => existsSync(pidFiles[program]));
      return !named && !(await isListening(ports.https)) && !(await isListening(ports.http));
    },
    PATIENCE,
  );
}

together('supervisors', () => {
  test(
    'monit starts both halves, restarts them when they are killed, and stops them',
    { skip: notInstalled('monit'), timeout: 300_000 },
    async (t) => {
      const machine = await install(t);
      const { dir } = machine;
      const file = dir.write(
        'monitrc',
        [
          'set daemon 1',
          ...['pidfile', 'statefile', 'idfile'].map((name) => `set ${name} ${dir.join(`monit.${name}`)}`),
          `set httpd unixsocket ${dir.join('monit.sock')} allow monit:monit`,
          machine.deployed('monit/headgate'),
        ].join('\n'),
      );
      const checked = await run(t, 'monit', ['-t', '-c', file]);
      assert.equal(checked.code, 0, checked.stdout + checked.stderr);

      const monit = new TestProcess(t, 'monit', ['-I', '-c', file]);
      await bothUp(machine);
      await serves(machine);
      await startedAgain(machine);
      for (const program of PROGRAMS) {
        const stopped = await run(t, 'monit', ['-c', file, 'stop', program]);
        assert.equal(stopped.code, 0, stopped.stderr);
      }
      await bothGone(machine);
      await monit.stop();
    },
  );

  test(
    'supervisord starts both halves, restarts them when they are killed, and stops them',
    { skip: notInstalled('supervisord'), timeout: 300_000 },
    async (t) => {
      const machine = await install(t);
      const { dir } = machine;
      const file = dir.write(
        'supervisord.conf',
        [
          '[supervisord]',
          `logfile=${dir.join('supervisord.log')}`,
          `pidfile=${dir.join('supervisord.pid')}`,
          `childlogdir=${dir.path}`,
          '[unix_http_server]',
          `file=${dir.join('supervisor.sock')}`,
          '[rpcinterface:supervisor]',
          'supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface',
          '[supervisorctl]',
          `serverurl=unix://${dir.join('supervisor.sock')}`,
          machine.deployed('supervisor/headgate.conf'),
        ].join('\n'),
      );
      const supervisord = new TestProcess(t, 'supervisord', ['-n', '-c', file], { stopWithin: PATIENCE });
      await bothUp(machine);
      await serves(machine);
      await startedAgain(machine);
      const stopped = await run(t, 'supervisorctl', ['-c', file, 'stop', 'headgate:*'], { within: PATIENCE });
      assert.equal(stopped.code, 0, stopped.stdout + stopped.stderr);
      await bothGone(machine);
      await supervisord.stop('SIGTERM', PATIENCE);
    },
  );

  test(
    'systemd accepts the units and rates their exposure as low',
    { skip: notInstalled('systemd-analyze') },
    async (t) => {
      const machine = await install(t);
      const units = new TempDir(t);
      for (const program of ['headgate', ...PROGRAMS]) {
        const unit = units.write(`${program}.service`, machine.deployed(`systemd/${program}.service`));
        const verified = await run(t, 'systemd-analyze', ['verify', unit]);
        assert.equal(verified.code, 0, verified.stderr);
        const exposure = await run(t, 'systemd-analyze', ['security', '--offline=true', '--threshold=20', unit]);
        assert.equal(exposure.code, 0, exposure.stdout);
      }
    },
  );
});
