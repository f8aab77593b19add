/** Several workers: they serve, agree, and are replaced. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { startApplication } from '../../../bench/change/origin.ts';
import { isAlive } from '../../support/alive.ts';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { asked } from '../../support/control.ts';
import { engineStatements } from '../../support/engines.ts';
import type { Engine } from '../../support/engines.ts';
import { accepts } from '../../support/ports.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import type { Routing, RoutingParts } from '../../support/routing.ts';
import { forEachEngine, scenario } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { settled, until } from '../../support/until.ts';
import { workerPids } from '../../support/workers.ts';

/** Who answered, in every response. */
const WHO = 'http-after-response set-header x-worker %[proc]';

interface Started extends Routing {
  readonly ask: (line: string) => Promise<string>;
}

async function start(t: TestContext, engine: Engine, parts: RoutingParts): Promise<Started> {
  const socket = new TempDir(t).join('control.sock');
  const routing = await startRouting(t, 'router', {
    ...parts,
    global: ['workers 2', `stats socket ${socket} level admin`, 'hard-stop-after 5s', ...(parts.global ?? [])],
    frontend: [...engineStatements(engine), WHO, ...(parts.frontend ?? [])],
  });
  await routing.process.says(/serving on/);
  return { ...routing, ask: (line) => asked(socket, line) };
}

forEachEngine(
  'two workers share connections; one that is killed is replaced, and no connection is refused',
  async (t, engine) => {
    const application = await startApplication();
    t.after(() => application.close());
    const backend = [`server one 127.0.0.1:${application.port}`];
    const { port, url, process: primary } = await start(t, engine, { backend });
    const sockets = await Promise.all(Array.from({ length: 40 }, () => openSocket(port)));
    const of = (worker: string): readonly Tunnel[] => sockets.filter((one) => one.worker === worker);
    // Each of forty falls to either side with the same chance: fewer than eight on one side happens once in 15,000 times.
    assert.ok(of('1').length >= 8 && of('2').length >= 8, `${of('1').length} and ${of('2').length}`);

    const killed = workerPids(primary.pid).get(1);
    assert.ok(killed !== undefined);
    process.kill(killed, 'SIGKILL');
    for (let count = 0; count < 50; count += 1) assert.equal((await request(url)).status, 200);
    await Promise.all(of('1').map(({ closed }) => settled('the end of a WebSocket of the killed worker', closed)));
    for (const { socket } of of('2')) assert.equal(await echoed(socket, 'still here'), 'still here');
    await primary.says(/worker 1 has ended \(SIGKILL\): another one starts/);
    await primary.says(/worker 1 serves again: process \d+/);
    await until('an answer of the new worker', async () => (await request(url)).headers['x-worker'] === '1');
    for (const { socket } of of('2')) assert.equal(await echoed(socket, 'and now'), 'and now');
    for (const { socket } of sockets) socket.close();
  },
);

scenario('connections that wait for a worker that is killed are served by the other', async (t) => {
  const app = await startApp(t);
  const { port, process: primary } = await start(t, 'wire', { backend: [`server one 127.0.0.1:${app.port}`] });
  const worker = workerPids(primary.pid).get(1);
  assert.ok(worker !== undefined);
  // It accepts nothing more: what comes to its sockets waits in the kernel.
  process.kill(worker, 'SIGSTOP');
  const clients = await Promise.all(Array.from({ length: 40 }, () => openRaw(t, port)));
  for (const client of clients) client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const answered = (): number => clients.filter(({ text }) => text.startsWith('HTTP/1.1 200 ')).length;
  await until('the other worker to serve its part', () => answered() >= 4);
  assert.ok(answered() < clients.length);
  process.kill(worker, 'SIGKILL');
  await until('all to be served', () => answered() === clients.length);
});

forEachEngine('the limit of a server holds over both workers, and statistics are the sums', async (t, engine) => {
  const app = await startApp(t);
  const { url, ask } = await start(t, engine, { backend: [`server one 127.0.0.1:${app.port} maxconn 4`] });
  let open = 24;
  const answers = Array.from({ length: open }, () => request(`${url}/held`).finally(() => (open -= 1)));
  await until('four requests', () => app.held === 4);
  await until('the rest in the queues', async () => (await statOf(ask, 'apps,BACKEND'))['qcur'] === '20');
  assert.equal((await statOf(ask, 'apps,one'))['scur'], '4');
  while (open > 0) {
    assert.ok(app.held <= 4);
    app.release();
    await turn();
  }
  const workers = (await Promise.all(answers)).map(({ status, headers }) => `${status} ${String(headers['x-worker'])}`);
  assert.deepEqual([...new Set(workers)].toSorted(), ['200 1', '200 2']);
  const front = await statOf(ask, 'front,FRONTEND');
  assert.deepEqual([front['stot'], front['hrsp_2xx']], ['24', '24']);
  const server = await until('the end of all requests', async () => {
    const line = await statOf(ask, 'apps,one');
    return line['scur'] === '0' && line;
  });
  assert.deepEqual([server['stot'], server['qcur'], server['hrsp_2xx']], ['24', '0', '24']);
  assert.match(await ask('show info'), /^Nbproc: 2$/m);
});

forEachEngine('every worker knows what checks and operators say of a server', async (t, engine) => {
  const [one, two] = [await startApp(t, { name: 'one' }), await startApp(t, { name: 'two' })];
  const {
    url,
    ask,
    process: primary,
  } = await start(t, engine, {
    backend: [
      'option httpchk OPTIONS /',
      `server one 127.0.0.1:${one.port} check inter 500ms fall 1 rise 1`,
      `server two 127.0.0.1:${two.port}`,
    ],
  });
  /** Which worker sent a request where, in requests enough to see all. */
  const served = async (): Promise<string> => {
    const seen = new Set<string>();
    for (let count = 0; count < 32; count += 1) {
      const { status, headers, text } = await request(url);
      seen.add(`${String(headers['x-worker'])}:${status === 200 ? String(JSON.parse(text).app) : status}`);
    }
    return [...seen].toSorted().join(' ');
  };
  assert.equal(await served(), '1:one 1:two 2:one 2:two');
  await ask('set server apps/two state maint');
  await until('both workers to know', async () => (await served()) === '1:one 2:one');
  one.healthy = false;
  await primary.says(/Server apps\/one is DOWN/);
  await until('both workers to know', async () => (await served()) === '1:503 2:503');
  await ask('set server apps/two state ready');
  await until('both workers to know', async () => (await served()) === '1:two 2:two');
  assert.doesNotMatch(primary.output, /is DOWN.* worker=/, 'the primary checks, and says so');
});

forEachEngine('a rate limit holds over both workers, and for the one that replaces a killed one', async (t, engine) => {
  const app = await startApp(t);
  const {
    url,
    ask,
    process: primary,
  } = await start(t, engine, {
    frontend: [
      'stick-table type ip size 1k expire 10m store http_req_cnt,conn_cur,http_req_rate(10m)',
      'http-request track-sc0 src',
      'http-request deny deny_status 429 if { sc_http_req_rate(0) gt 30 }',
    ],
    backend: [`server one 127.0.0.1:${app.port}`],
  });
  let [sent, allowed] = [0, 0];
  const ask24 = async (): Promise<string> => {
    const seen = new Set<string>();
    for (let count = 0; count < 24; count += 1) {
      const { status, headers } = await request(url);
      sent += 1;
      if (status === 200) allowed += 1;
      seen.add(`${String(headers['x-worker'])}:${status}`);
    }
    return [...seen].toSorted().join(' ');
  };
  await until('both workers to deny', async () => (await ask24()) === '1:429 2:429');
  // One after the other: what one worker lets through while it has not heard of the other's last requests is a few.
  assert.ok(allowed >= 30 && allowed <= 60, `${allowed} were allowed`);
  const counted = async (): Promise<string> => await ask('show table front');
  await until('all requests in the table', async () => (await counted()).includes(`http_req_cnt=${sent} `));
  assert.match(await counted(), /conn_cur=0/);

  process.kill(workerPids(primary.pid).get(2) ?? 0, 'SIGKILL');
  await primary.says(/worker 2 serves again/);
  const before = allowed;
  assert.equal(await ask24(), '1:429 2:429');
  assert.equal(allowed, before);
  await ask('clear table front');
  await until('both workers to allow', async () => (await ask24()).includes('200'));
});

scenario('a reload reaches both workers or none; a stop lets both finish', async (t) => {
  const app = await startApp(t);
  const {
    port,
    url,
    file,
    process: primary,
  } = await start(t, 'wire', {
    frontend: ['http-request return status 404 if { path /gone }'],
    backend: [`server one 127.0.0.1:${app.port}`],
  });
  const statuses = async (): Promise<string> => {
    const seen = new Set<string>();
    for (let count = 0; count < 24; count += 1) {
      const { status, headers } = await request(`${url}/gone`);
      seen.add(`${String(headers['x-worker'])}:${status}`);
    }
    return [...seen].toSorted().join(' ');
  };
  assert.equal(await statuses(), '1:404 2:404');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('status 404', 'status 410'));
  primary.signal('SIGHUP');
  await primary.says(/reloaded on SIGHUP/);
  assert.equal(await statuses(), '1:410 2:410');
  writeFileSync(file, text.replace('status 404', 'status 4'));
  primary.signal('SIGHUP');
  await primary.says(/not reloaded on SIGHUP/);
  assert.equal(await statuses(), '1:410 2:410');

  // One that starts now begins with the configuration in effect, whatever the file holds.
  process.kill(workerPids(primary.pid).get(2) ?? 0, 'SIGKILL');
  await primary.says(/worker 2 serves again/);
  assert.equal(await statuses(), '1:410 2:410');

  const clients = await Promise.all(Array.from({ length: 12 }, () => openRaw(t, port)));
  for (const client of clients) client.send('GET /held HTTP/1.1\r\nHost: a\r\n\r\n');
  await until('all requests', () => app.held === clients.length);
  primary.signal('SIGTERM');
  await primary.says(/stopping on SIGTERM/);
  app.release();
  await Promise.all(clients.map((client) => client.expect('app released')));
  assert.deepEqual(await settled('the end', primary.exited), { code: 0, signal: null });
});

scenario('workers whose primary is killed finish what is open and end', async (t) => {
  const app = await startApp(t);
  const { port, process: primary } = await start(t, 'wire', { backend: [`server one 127.0.0.1:${app.port}`] });
  const workers = [...workerPids(primary.pid).values()];
  assert.equal(workers.length, 2);
  const clients = await Promise.all(Array.from({ length: 12 }, () => openRaw(t, port)));
  for (const client of clients) client.send('GET /held HTTP/1.1\r\nHost: a\r\n\r\n');
  await until('all requests', () => app.held === clients.length);
  process.kill(primary.pid, 'SIGKILL');
  await until('no more connections', async () => !(await accepts(port)));
  app.release();
  await Promise.all(clients.map((client) => client.expect('app released')));
  await until('the end of the workers', () => !workers.some(isAlive));
});

scenario('where a limit cannot be divided, HAProxy’s words start one process', async (t) => {
  const app = await startApp(t);
  const { process: primary } = await startRouting(t, 'router', {
    global: ['nbthread 2'],
    backend: [`server one 127.0.0.1:${app.port} maxconn 1`],
  });
  await primary.says(/one process serves in spite of 'nbthread 2': maxconn 1 does not work with workers/);
  assert.equal(workerPids(primary.pid).size, 0);
});

interface Tunnel {
  readonly socket: WebSocket;
  readonly worker: string;
  readonly closed: Promise<unknown>;
}

async function openSocket(port: number): Promise<Tunnel> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  const upgraded = once(socket, 'upgrade');
  await once(socket, 'open');
  const [{ headers }] = (await upgraded) as [{ readonly headers: Readonly<Record<string, string>> }];
  return { socket, worker: headers['x-worker'] ?? '', closed };
}

async function echoed(socket: WebSocket, text: string): Promise<string> {
  const answer = once(socket, 'message');
  socket.send(text);
  return String((await settled('an echo', answer))[0]);
}

/** A line of `show stat` by the names of its columns. */
async function statOf(ask: Started['ask'], line: string): Promise<Readonly<Record<string, string>>> {
  const [header = '', ...lines] = (await ask('show stat')).trimEnd().split('\n');
  const names = header.replace(/^# /, '').split(',');
  const cells = lines.find((one) => one.startsWith(`${line},`))?.split(',') ?? [];
  return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
}
