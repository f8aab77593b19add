/** A new version takes over from a running one: SIGPWR, or `ctl upgrade`. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { startApplication } from '../../../bench/change/origin.ts';
import { Traffic } from '../../../bench/change/traffic.ts';
import { isAlive } from '../../support/alive.ts';
import { startApp } from '../../support/apps.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { asked } from '../../support/control.ts';
import { engineStatements } from '../../support/engines.ts';
import type { TestProcess } from '../../support/process.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachEngine, scenario } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { settled, steady, until } from '../../support/until.ts';

forEachEngine('upgrades under a storm of connections cut no WebSocket and lose no request', (t, engine) =>
  upgradeUnderTraffic(t, engineStatements(engine), [], 2),
);

scenario('upgrades of two workers under a storm of connections cut no WebSocket and lose no request', (t) =>
  upgradeUnderTraffic(t, [], ['workers 2'], 2),
);

async function upgradeUnderTraffic(
  t: TestContext,
  frontend: readonly string[],
  global: readonly string[],
  upgrades: number,
): Promise<void> {
  const application = await startApplication();
  t.after(() => application.close());
  const path = new TempDir(t).join('router.sock');
  const router = await startUpgradable(t, {
    global,
    frontend: [`bind ${path} mode 600`, ...frontend],
    backend: [`server one 127.0.0.1:${application.port}`],
  });
  const visits = new Visits(path);
  onCleanup(t, () => visits.stop().catch(() => undefined));
  const traffic = new Traffic(router.port, { sockets: 10, interval: 50, rate: 100, storm: 100 });
  // Also after a failure: traffic would keep the file alive.
  onCleanup(t, async () => void (await traffic.stop().catch(() => undefined)));
  await traffic.start();
  const pids = [router.first.pid];
  for (let upgrade = 0; upgrade < upgrades; upgrade += 1) {
    pids.push(await router.upgrade());
    const enough = traffic.tally.requests + 50;
    await until('traffic with the new process', () => traffic.tally.requests >= enough);
  }
  // Its WebSockets have no reason to end.
  assert.ok(isAlive(router.first.pid));
  const { requests, refused, lost, messages, unanswered, cut } = await traffic.stop();
  assert.equal(refused, 0);
  assert.deepEqual(lost, {}, `of ${requests}`);
  assert.deepEqual(cut, {}, `of ${messages}`);
  assert.equal(unanswered, 0);
  await router.first.says(/stopped: everything finished/);
  await until('the old processes to end', () => pids.slice(0, -1).every((pid) => !isAlive(pid)));
  // Their ends have not taken the path away.
  await visits.more(10);
  await visits.stop();
  process.kill(pids.at(-1) ?? 0, 'SIGTERM');
  await until('the path to go with the last process', () => !existsSync(path));
}

scenario(
  'an upgrade that fails leaves the path of a unix socket and the pid file to the process that serves on',
  async (t) => {
    const dir = new TempDir(t);
    const [path, pidFile] = [dir.join('router.sock'), dir.join('router.pid')];
    const { process: first, file } = await startRouting(t, 'router', {
      global: [`pidfile ${pidFile}`],
      frontend: [`bind ${path}`, 'http-request return status 200'],
    });
    await until('the pid file', () => existsSync(pidFile));
    // As a new process leaves it that is killed after it has written its own.
    rmSync(pidFile);
    writeFileSync(file, `${readFileSync(file, 'utf8')}\nnonsense\n`);
    first.signal('SIGPWR');
    await first.says(/not handed over, this process serves on: /);
    await until('its pid file', () => existsSync(pidFile));
    assert.equal(readFileSync(pidFile, 'utf8'), `${first.pid}\n`);
    const visits = new Visits(path);
    await visits.more(1);
    await visits.stop();
  },
);

/** Requests to a unix socket, each on a connection of its own, one after the other. */
class Visits {
  readonly #path: string;
  readonly #all: Promise<void>;
  #count = 0;
  #stopped = false;

  constructor(path: string) {
    this.#path = path;
    this.#all = this.#run();
    // Heard where it stops.
    this.#all.catch(() => undefined);
  }

  /** So many more were answered; rejects when one was not. */
  more(count: number): Promise<unknown> {
    const enough = this.#count + count;
    return Promise.race([this.#all, until('more answers on the unix socket', () => this.#count >= enough)]);
  }

  /** Rejects when a request was not answered. */
  stop(): Promise<void> {
    this.#stopped = true;
    return this.#all;
  }

  async #run(): Promise<void> {
    for (; !this.#stopped; this.#count += 1) {
      const asking = get({ socketPath: this.#path, path: '/', agent: false });
      const [answer] = (await once(asking, 'response')) as [IncomingMessage];
      assert.equal(answer.statusCode, 200);
      await once(answer.resume(), 'end');
    }
  }
}

scenario(
  'ctl upgrade: the WebSocket of before goes on, and the control socket is that of the new process, which knows the old one',
  async (t) => {
    const application = await startApplication();
    t.after(() => application.close());
    const socket = new TempDir(t).join('control.sock');
    const { port, process: first } = await startRouting(t, 'router', {
      global: [`stats socket ${socket} level admin`],
      backend: [`server one 127.0.0.1:${application.port}`],
    });
    const client = new WebSocket(`ws://127.0.0.1:${port}/`);
    await once(client, 'open');
    const pidOf = async (): Promise<number> => Number(/^Pid: (\d+)$/m.exec(await asked(socket, 'show info'))?.[1]);
    assert.equal(await pidOf(), first.pid);
    assert.match(await asked(socket, 'upgrade'), /^Handed over: this process finishes what is open\.\n/);
    let second = 0;
    await until('the new control socket', async () => {
      second = await pidOf().catch(() => 0);
      return second > 0 && second !== first.pid;
    });
    onCleanup(t, () => void process.kill(second, 'SIGKILL'));
    assert.match(
      await asked(socket, 'show proc'),
      new RegExp(
        `^#<PID> +<type> +<reloads> +<uptime> +<version> +\n# workers\n${second} +worker +0 +0d00h\\d\\dm\\d\\ds +\\S+ +\n# old workers\n${first.pid} +worker +1 +0d`,
      ),
    );
    client.send('still here');
    assert.equal(String((await once(client, 'message'))[0]), 'still here');
    client.close();
    await first.says(/stopped: everything finished/);
    await until('the end of the old process', async () => !(await asked(socket, 'show proc')).includes('old workers'));
  },
);

scenario(
  'an old process checks no server any more, answers one more request on idle connections, and obeys SIGTERM',
  async (t) => {
    const application = await startApplication();
    t.after(() => application.close());
    const checked = await startApp(t);
    const router = await startUpgradable(t, {
      backend: [`server one 127.0.0.1:${application.port}`],
      backends: { checked: ['option httpchk GET /check', `server two 127.0.0.1:${checked.port} check inter 50ms`] },
    });
    const idle = await openRaw(t, router.port);
    const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
    idle.socket.write(get);
    await idle.expect('HTTP/1.1 200');
    const client = new WebSocket(`ws://127.0.0.1:${router.port}/`);
    await once(client, 'open');
    const second = await router.upgrade();
    // The new one has reported: its pid file is earlier.
    await router.first.says(/stopping on SIGPWR/);
    // Only the old process would check now.
    process.kill(second, 'SIGSTOP');
    await steady('the checks of before', () => checked.requests.length, 500);
    process.kill(second, 'SIGCONT');
    // Longer than idle connections get when a stop closes them (engine/drain.ts).
    await new Promise((resolve) => setTimeout(resolve, 700));
    idle.socket.write(get);
    await idle.expect('Connection: close');
    const closed = once(client, 'close');
    process.kill(router.first.pid, 'SIGTERM');
    await router.first.says(/stopping on SIGTERM: finishing open requests, for at most 30 s/);
    process.kill(router.first.pid, 'SIGTERM');
    await settled('the end of the WebSocket', closed);
  },
);

scenario('hard-stop-after bounds an old process: its WebSockets end with 1012', async (t) => {
  const application = await startApplication();
  t.after(() => application.close());
  const backend = [`server one 127.0.0.1:${application.port}`];
  const router = await startUpgradable(t, { global: ['hard-stop-after 1s'], backend });
  const client = new WebSocket(`ws://127.0.0.1:${router.port}/`);
  await once(client, 'open');
  const closed = once(client, 'close');
  await router.upgrade();
  const [code] = (await settled('the end of the WebSocket', closed)) as [number];
  assert.equal(code, 1012);
});

interface Upgradable {
  readonly port: number;
  readonly first: TestProcess;
  /** Lets a new process take over from the newest one; resolves with its id. */
  readonly upgrade: () => Promise<number>;
}

async function startUpgradable(t: TestContext, parts: Parameters<typeof startRouting>[2]): Promise<Upgradable> {
  const pidFile = new TempDir(t).join('router.pid');
  const global = [`pidfile ${pidFile}`, ...(parts.global ?? [])];
  const { port, process: first } = await startRouting(t, 'router', { ...parts, global });
  const pidNow = (): number => Number(readFileSync(pidFile, 'utf8'));
  await until('the pid file', () => {
    try {
      return pidNow() === first.pid;
    } catch {
      return false;
    }
  });
  // Before the first process is waited for: they share its standard error.
  onCleanup(t, () => {
    // A process that a test has stopped takes its pid file away at some moment.
    const last = existsSync(pidFile) ? readFileSync(pidFile, 'utf8') : '';
    if (last !== '' && isAlive(Number(last))) process.kill(Number(last), 'SIGKILL');
  });
  const upgrade = async (): Promise<number> => {
    const before = pidNow();
    process.kill(before, 'SIGPWR');
    await until('the new process', () => {
      assert.doesNotMatch(first.output, /not handed over/);
      return pidNow() !== before && pidNow() > 0;
    });
    return pidNow();
  };
  return { port, first, upgrade };
}
