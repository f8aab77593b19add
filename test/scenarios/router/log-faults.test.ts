/** Logs under stress: sampled, without a reader, on a full disk. No request waits for a log, and what is lost is counted. */
import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import type { TestContext } from 'node:test';
import { startApp } from '../../support/apps.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { request } from '../../support/client.ts';
import { asked } from '../../support/control.ts';
import { freePort } from '../../support/ports.ts';
import { commandLine } from '../../support/programs.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter, scenario } from '../../support/scenario.ts';
import { startSyslog } from '../../support/syslog.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

interface Logging {
  readonly url: string;
  readonly process: ChildProcess;
  /** `DroppedLogs` of `show info`. */
  readonly dropped: () => Promise<number>;
}

forEachRouter('log sample 2-3:4 sends two of each four lines', async (t, router) => {
  const app = await startApp(t, { name: 'one' });
  const syslog = await startSyslog(t);
  const { url } = await startRouting(t, router, {
    frontend: ['no log', `log 127.0.0.1:${syslog.port} sample 2-3:4 local1`],
    backend: [`server one 127.0.0.1:${app.port}`],
  });
  for (let n = 1; n <= 8; n += 1) assert.equal((await request(`${url}/n${n}`)).status, 200);
  const targets = (): readonly (string | undefined)[] =>
    syslog.datagrams.flatMap((line) => /"GET \/(n\d) /.exec(line)?.[1] ?? []);
  await until('four lines', () => targets().length >= 4);
  assert.equal(targets().length, 4);
  // HAProxy counts the events of the proxy too.
  if (router === 'router') assert.deepEqual(targets(), ['n2', 'n3', 'n6', 'n7']);
});

scenario('the events of a frontend with JSON are JSON; its lines have the user agent and the unique id', async (t) => {
  const app = await startApp(t, { name: 'one' });
  const { url, syslog } = await startRouting(t, 'router', {
    defaults: ['log-format json'],
    frontend: ['unique-id-format id-%pid-%rt'],
    backend: [`server one 127.0.0.1:${app.port} check inter 50ms`],
  });
  await request(url, { headers: { 'user-agent': 'lynx "2"' } });
  await app.stop();
  const objects = (): readonly Record<string, unknown>[] =>
    syslog.datagrams.map((line) => JSON.parse(line.slice(line.indexOf('{'))) as Record<string, unknown>);
  await until('an event', () => syslog.datagrams.some((line) => line.includes('"event":true')));
  const event = objects().find((one) => one['event'] === true);
  assert.deepEqual([event?.['severity'], event?.['proxy']], ['alert', 'apps']);
  assert.match(String(event?.['message']), /^Server apps\/one is DOWN/);
  const line = objects().find((one) => one['event'] === undefined);
  assert.equal(line?.['user_agent'], 'lynx "2"');
  assert.match(String(line?.['request_id']), /^id-\d+-\d+$/);
});

scenario(
  'a reader of standard output that stopped delays no request; lines are dropped, counted, and come again',
  async (t) => {
    const { url, process, dropped } = await start(t, 'stdout format raw', 'pipe');
    await many(url, 1800);
    await until('lines to be dropped', async () => (await dropped()) > 0);
    let text = '';
    process.stdout?.setEncoding('utf8').on('data', (more: string) => (text += more));
    await until('the reader to have caught up', async () => {
      await request(`${url}/after`);
      return text.includes('/after');
    });
  },
);

scenario('a full disk under standard output delays no request, and lines are counted', async (t) => {
  if (!existsSync('/dev/full')) return t.skip('no /dev/full');
  const full = openSync('/dev/full', 'w');
  onCleanup(t, () => closeSync(full));
  const { url, dropped } = await start(t, 'stdout format raw', full);
  await many(url, 200);
  await until('the lines to be counted', async () => (await dropped()) >= 100);
});

/** Bytes: of a filesystem, and of a file. */
const SMALL = 256 * 1024;

for (const way of ['a full disk', 'the largest size of a file'] as const)
  scenario(
    `${way} under a log file and under standard output: counted, and written again when there is room`,
    async (t) => {
      const dir = new TempDir(t).path;
      // Where nothing can be mounted, as in most containers, the other way covers it: a write fails all the same.
      const mounted = way === 'a full disk' && mountSmall(t, dir);
      const [ballast, log, output] = [`${dir}/ballast`, `${dir}/router.log`, `${dir}/stdout.log`];
      const out = openSync(output, 'a');
      onCleanup(t, () => closeSync(out));
      const limit = mounted ? undefined : SMALL;
      const { url, dropped } = await start(t, `file:${log}`, out, 'log stdout format raw local0', limit);
      if (mounted) writeFileSync(ballast, Buffer.alloc(SMALL / 2));
      await many(url, 400);
      await until('lines to be dropped', async () => (await dropped()) > 0);
      if (mounted) rmSync(ballast);
      else for (const file of [log, output]) truncateSync(file);
      for (const file of [log, output])
        await until(`lines in ${file} again`, async () => {
          await request(`${url}/after`);
          return readFileSync(file, 'utf8').includes('/after');
        });
    },
  );

/** A filesystem of its own; false where that is not allowed. */
function mountSmall(t: TestContext, dir: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SMALL}`, 'tmpfs', dir], { stdio: 'ignore' });
  } catch {
    return false;
  }
  onCleanup(t, () => void execFileSync('umount', ['-l', dir], { stdio: 'ignore' }));
  return true;
}

/** Requests with a kilobyte of path, 20 at a time: each is answered within its time. */
async function many(url: string, count: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const path = `/${'x'.repeat(900)}`;
  const statuses = await Promise.all(
    Array.from({ length: count }, async () => (await request(`${url}${path}`, { agent })).status),
  );
  agent.destroy();
  assert.deepEqual(new Set(statuses), new Set([200]));
}

/** `largest`: bytes that a file of the process may have (RLIMIT_FSIZE). */
async function start(
  t: TestContext,
  target: string,
  stdout: 'pipe' | number,
  more = '',
  largest?: number,
): Promise<Logging> {
  const app = await startApp(t, { name: 'one' });
  const dir = new TempDir(t);
  const [port, socket] = [await freePort(), dir.join('control.sock')];
  const file = dir.write(
    'haproxy.cfg',
    `global\n stats socket ${socket} level admin\ndefaults\n mode http\n log ${target} local0\n ${more}\n option httplog\n timeout client 1m\n` +
      ` timeout server 1m\n timeout connect 5s\nfrontend front\n bind 127.0.0.1:${port}\n default_backend apps\nbackend apps\n server one 127.0.0.1:${app.port}\n`,
  );
  const [program, ...args] = commandLine('router', file);
  const limit = largest === undefined ? '' : `ulimit -f ${largest / 512}; `;
  const process = spawn('/bin/sh', ['-c', `${limit}exec "$0" "$@"`, program, ...args], {
    stdio: ['ignore', stdout, 'ignore'],
  });
  onCleanup(t, async () => {
    process.kill('SIGKILL');
    if (process.exitCode === null && process.signalCode === null) await once(process, 'exit');
  });
  await until('the control socket', () =>
    asked(socket, 'show version').then(
      () => true,
      () => false,
    ),
  );
  const dropped = async (): Promise<number> =>
    Number(/^DroppedLogs: (\d+)$/m.exec(await asked(socket, 'show info'))?.[1]);
  return { url: `http://127.0.0.1:${port}`, process, dropped };
}
