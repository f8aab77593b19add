/** The clock of the machine jumps: deadlines are counted on another one. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { startApp } from '../../support/apps.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { request } from '../../support/client.ts';
import { asked } from '../../support/control.ts';
import { startRouting } from '../../support/routing.ts';
import { scenario } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

/** As long as the file exists, the process has another time than the machine: what a clock that was set does to it. */
const CLOCK = `
import { existsSync, readFileSync } from 'node:fs';
const real = Date;
const offset = () => existsSync(process.env.CLOCK_FILE) ? Number(readFileSync(process.env.CLOCK_FILE, 'utf8')) : 0;
globalThis.Date = class extends real {
  constructor(...given) { if (given.length === 0) super(real.now() + offset()); else super(...given); }
  static now() { return real.now() + offset(); }
};`;
const DAY = 86_400_000;

scenario('a clock that jumps a day back or ahead cuts nothing, expires nothing and takes no server down', async (t) => {
  const app = await startApp(t, { name: 'one' });
  const dir = new TempDir(t);
  const [socket, clock] = [dir.join('control.sock'), dir.join('clock')];
  const { url, port, process, syslog } = await startRouting(
    t,
    'router',
    {
      global: [`stats socket ${socket} level admin`],
      frontend: ['http-request track-sc0 src table counts', 'http-request deny if { sc_http_req_rate(0) gt 100 }'],
      backend: [`server one 127.0.0.1:${app.port} check inter 100ms fall 2`],
      backends: { counts: ['stick-table type ip size 100 expire 1h store http_req_rate(1h)'] },
    },
    { env: { CLOCK_FILE: clock, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(CLOCK)}` } },
  );
  const ask = (line: string): Promise<string> => asked(socket, line);
  const client = new WebSocket(`ws://127.0.0.1:${port}/echo`);
  onCleanup(t, () => client.terminate());
  let closed = false;
  client.once('close', () => (closed = true));
  await once(client, 'open');
  for (let n = 1; n <= 5; n += 1) assert.equal((await request(url)).status, 200);
  const checksBefore = app.connectionsEver();
  for (const jump of [-DAY, DAY, 0]) {
    writeFileSync(clock, String(jump));
    assert.equal((await request(url)).status, 200);
    await pause(150);
  }
  rmSync(clock);
  await until('checks to go on', () => app.connectionsEver() > checksBefore + 3);
  client.send('still there');
  assert.equal(String(((await once(client, 'message')) as [Buffer])[0]), 'still there');
  assert.equal(closed, false);
  // Eight requests and the handshake, whatever the time was meanwhile.
  assert.match(await ask('show table counts'), /key=127\.0\.0\.1 use=\d exp=\d+ http_req_rate\(3600000\)=9\n/);
  assert.match(await ask('show stat apps 4 -1'), /^apps,one,.*,UP,/m);
  assert.doesNotMatch(process.stderr, /DOWN/);
  const days = new Set(syslog.messages().flatMap((line) => /\[(\d\d)\/\w{3}\//.exec(line)?.[1] ?? []));
  assert.ok(days.size >= 2, 'the log has the time of the clock');
});
