/** A new version takes over from a running one: SIGPWR, or `ctl upgrade`. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { WebSocket } from 'ws';
import { startApplication } from '../../../bench/change/origin.ts';
import { Traffic } from '../../../bench/change/traffic.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { asked } from '../../support/control.ts';
import { engineStatements } from '../../support/engines.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachEngine, scenario } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

forEachEngine('an upgrade under a storm of connections refuses none and loses no request', async (t, engine) => {
  const application = await startApplication();
  t.after(() => application.close());
  const pidFile = new TempDir(t).join('router.pid');
  const { port, process: first } = await startRouting(t, 'router', {
    // WebSockets are closed from half of this time on, and a slow machine takes many seconds for the upgrades.
    global: [`pidfile ${pidFile}`, 'hard-stop-after 5m'],
    frontend: engineStatements(engine),
    backend: [`server one 127.0.0.1:${application.port}`],
  });
  const pidNow = (): number => Number(readFileSync(pidFile, 'utf8'));
  // Before the first process is waited for: they share its standard error.
  onCleanup(t, () => void process.kill(pidNow(), 'SIGKILL'));
  const wish = { sockets: 10, interval: 50, rate: 100, storm: 100 };
  const traffic = new Traffic(port, wish);
  // Also after a failure: traffic would keep the file alive.
  onCleanup(t, async () => void (await traffic.stop().catch(() => undefined)));
  await traffic.start();
  let before = first.pid;
  for (let upgrade = 0; upgrade < 3; upgrade += 1) {
    process.kill(before, 'SIGPWR');
    await until('the new process', () => {
      assert.doesNotMatch(first.output, /not handed over/);
      return pidNow() !== before && pidNow() > 0;
    });
    before = pidNow();
    const enough = traffic.tally.requests + 50;
    await until('traffic with the new process', () => traffic.tally.requests >= enough);
  }
  // Those that were opened before the first upgrade are with the first process.
  const { requests, refused, lost, messages, unanswered, cut } = await traffic.stop();
  assert.equal(refused, 0);
  assert.deepEqual(lost, {}, `of ${requests}`);
  assert.deepEqual(cut, {}, `of ${messages}`);
  assert.equal(unanswered, 0);
  await first.says(/stopped: everything finished/);
});

scenario(
  'ctl upgrade: the WebSocket of before goes on, and the control socket is that of the new process',
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
    client.send('still here');
    assert.equal(String((await once(client, 'message'))[0]), 'still here');
    client.close();
    await first.says(/stopped: everything finished/);
  },
);
