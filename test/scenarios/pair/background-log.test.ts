import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { makeCertificates } from '../../support/certificates.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { freePort } from '../../support/ports.ts';
import { run } from '../../support/process.ts';
import { commandLine } from '../../support/programs.ts';
import type { Program } from '../../support/programs.ts';
import { routingConfig } from '../../support/routing.ts';
import { scenario } from '../../support/scenario.ts';
import { startSyslog } from '../../support/syslog.ts';
import { TempDir } from '../../support/temp.ts';
import { terminatorConfig } from '../../support/terminating.ts';
import { until } from '../../support/until.ts';

scenario('in the background the router logs its start and stop to syslog, once each', async (t) => {
  const syslog = await startSyslog(t);
  const config = routingConfig(await freePort(), syslog.port, {});
  const stop = await background(t, 'router', new TempDir(t).write('haproxy.cfg', config));
  await syslog.message(/^serving on /);
  stop();
  await syslog.message(/^stopped: /);
  assert.equal(syslog.datagrams.filter((line) => line.includes('stopping on SIGTERM')).length, 1);
});

scenario('in the background the terminator logs its start and stop to its log file', async (t) => {
  const dir = new TempDir(t);
  const output = dir.join('output.log');
  const parts = {
    connect: 1,
    global: [`output = ${output}`],
    port: await freePort(),
    pidFile: dir.join('unused.pid'),
    cert: makeCertificates(t).keyAndCertFile,
  };
  const stop = await background(t, 'terminator', dir.write('stunnel.conf', terminatorConfig(parts)));
  // Lines are written outside the event loop, a moment after the start is reported.
  await until('the first lines', () => / notice serving on /.test(readFileSync(output, 'utf8')));
  stop();
  await until('the last line', () => / notice stopped: /.test(readFileSync(output, 'utf8')));
});

/** Starts a program with -D and returns a function that stops it. */
async function background(t: TestContext, program: Program, file: string): Promise<() => void> {
  const pidFile = new TempDir(t).join('pid');
  const [command, ...args] = commandLine(program, file);
  const { code, stderr } = await run(t, command, [...args, '-D', '-p', pidFile]);
  assert.equal(code, 0, stderr);
  const pid = Number(readFileSync(pidFile, 'utf8'));
  let running = true;
  const stop = (): void => {
    if (running) process.kill(pid, 'SIGTERM');
    running = false;
  };
  onCleanup(t, stop);
  return stop;
}
