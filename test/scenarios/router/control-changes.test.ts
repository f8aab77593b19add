/** Commands that change what is served, asked of both routers: the same answers and the same effect. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { startApp, type App } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { asked } from '../../support/control.ts';
import { freePort } from '../../support/ports.ts';
import type { Router } from '../../support/programs.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting, type Routing } from '../../support/routing.ts';
import { forEachRouter, scenario, together } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

interface Controlled extends Routing {
  readonly app: App;
  readonly ask: (line: string) => Promise<string>;
}

const ANSWERS: Readonly<Record<string, string>> = {
  'disable frontend': 'A frontend name is expected.\n',
  'disable frontend nine': 'No such frontend.\n',
  'enable frontend apps': 'No such frontend.\n',
  'enable frontend front': 'All sockets are already enabled.\n',
  'shutdown frontend nine': 'No such frontend.\n',
  'set maxconn frontend': 'A frontend name is expected.\n',
  'set maxconn frontend nine 3': 'No such frontend.\n',
  'set maxconn frontend front': 'Integer value expected.\n',
  'set maxconn frontend front 90': '',
  'set maxconn global': 'Expects an integer value.\n',
  'set maxconn global 95': '',
  'set maxconn server': "Require 'backend/server'.\n",
  'set maxconn server apps/one': 'Require <maxconn>.\n',
  'set maxconn server apps/one 50': '',
  'set rate-limit connections global': 'Expects an integer value.\n',
  'set rate-limit connections global 900': '',
  'set rate-limit sessions global 800': '',
  'set weight apps/one': 'Require <weight> or <weight%>.\n',
  'set weight apps/one -1': 'Absolute weight can only be between 0 and 256 inclusive.\n',
  'set weight apps/one 300': 'Absolute weight can only be between 0 and 256 inclusive.\n',
  'set weight apps/one 10000%': '',
  'get weight apps/one': '256 (initial 10)\n',
  'set weight apps/one 10': '',
  'enable health apps/bare': 'Health check was not configured on this server, cannot enable.\n',
  'disable health apps/one': '',
  'enable health apps/one': '',
  'enable agent apps/one': 'Agent was not configured on this server, cannot enable.\n',
  'disable agent apps/one': '',
  'set server apps/one':
    'usage: set server <backend>/<server> addr | agent | agent-addr | agent-port | agent-send | check-addr | check-port | fqdn | health | ssl | state | weight\n',
  'set server apps/one state': "'set server <srv> state' expects 'ready', 'drain' and 'maint'.\n",
  'set server apps/one health': "'set server <srv> health' expects 'up', 'stopping', or 'down'.\n",
  'set server apps/one health down': '',
  'set server apps/one health up': '',
  'set server apps/one agent up': 'agent checks are not enabled on this server.\n',
  'set server apps/one check-addr': 'set server <b>/<s> check-addr requires an address and optionally a port.\n',
  'set server apps/one check-port': 'set server <b>/<s> check-port requires a port.\n',
  'set server apps/one addr': 'set server <b>/<s> addr requires an address and optionally a port.\n',
  'set server apps/one addr nowhere': "Invalid addr 'nowhere' by 'stats socket command'\n",
  'set server apps/one addr 127.0.0.1': "no need to change the addr by 'stats socket command'\n",
  'set server apps/one ssl on': "'set server <srv> ssl' cannot be set.  default-server should define ssl settings\n",
  'show table t foo': 'Optional argument only supports "data.<store_data_type>" <operator> <value> and key <key>\n',
  'show table t key': 'Key value expected\n',
  'show table t key 192.0.2.9': '',
  'show table t data.gpc0': 'Filter entry #1: Require and operator among "eq", "ne", "le", "ge", "lt", "gt"\n',
  'show table t data.gpc0 gt': 'Filter entry #1: Require a valid integer value to compare against\n',
  'show table t data.foo gt 0': 'Filter entry #1: Unknown data type\n',
  'set table': 'Required arguments: <table> key <key> [data.<store_data_type> <value>]*\n',
  'set table t': '',
  'set table t key': 'Key value expected\n',
  'set table t key 192.0.2.1 data.gpc0': 'Require a valid integer value to store\n',
  'set table t key 192.0.2.1 data.conn_cnt 1': 'Data type not stored in this table\n',
  'clear table': 'Required arguments: <table> "data.<store_data_type>" <operator> <value> or <table> key <key>\n',
  'get var': 'Missing process-wide variable identifier.\n',
  'get var proc.nine': 'Variable not found.\n',
  'get var proc.number': 'proc.number: type=sint value=<3>\n',
  'get var proc.text': 'proc.text: type=str value=<a b>\n',
  'get var proc.truth': 'proc.truth: type=bool value=<1>\n',
  'show errors nine': 'No such proxy.\n',
  'show stat nine 1 -1': 'No such proxy.\n',
  'show env NOTHING': 'Variable not found\n',
  'show sess 0x1': 'Session not found.\n',
  'shutdown session': "Session pointer expected (use 'show sess').\n",
  'shutdown session 0x1': "No such session (use 'show sess').\n",
  'shutdown sessions server apps/nine': 'No such server.\n',
};

async function start(t: TestContext, router: Router, frontend: readonly string[] = []): Promise<Controlled> {
  const app = await startApp(t, { name: 'one' });
  const socket = new TempDir(t).join('control.sock');
  const routing = await startRouting(t, router, {
    global: [
      'maxconn 100',
      `stats socket ${socket} mode 600 level admin`,
      'set-var proc.number int(3)',
      'set-var proc.text str("a b")',
      'set-var proc.truth bool(true)',
    ],
    frontend,
    backend: [
      `server one 127.0.0.1:${app.port} weight 10 check inter 1h`,
      `server bare 127.0.0.1:${app.port} weight 10 backup`,
    ],
    backends: { t: ['stick-table type ip size 1024 expire 1m store gpc0'] },
    sections: { 'frontend other': [`bind 127.0.0.1:${await freePort()}`, 'default_backend apps'] },
  });
  return { ...routing, app, ask: (line) => asked(socket, line) };
}

/** Nothing listens on the port. */
async function refused(port: number): Promise<void> {
  await until('the port to be closed', () => {
    return new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(false);
      });
      socket.once('error', () => resolve(true));
    });
  });
}

together('changes by operators', () => {
  forEachRouter('control: the words of commands that change things', async (t, router) => {
    const { ask } = await start(t, router);
    // HAProxy ends some answers with an empty line and some without.
    for (const [command, answer] of Object.entries(ANSWERS))
      assert.equal((await ask(command)).trimEnd(), answer.trimEnd(), command);
  });

  forEachRouter('control: sessions are listed, shown one by one, and shut down', async (t, router) => {
    const { ask, app, port } = await start(t, router);
    const [held, other] = [await openRaw(t, port), await openRaw(t, port)];
    for (const client of [held, other]) client.send('GET /held HTTP/1.1\r\nHost: a\r\n\r\n');
    await until('both requests to be at the server', () => app.held === 2);
    const lines = (await ask('show sess')).split('\n').filter((line) => line.includes(' fe=front '));
    assert.equal(lines.length, 2);
    const shape =
      /^(0x[0-9a-f]+): proto=tcpv4 src=127\.0\.0\.1:(\d+) fe=front be=apps srv=one ts=\w+ epoch=\w+ age=\d+s calls=\d+ rate=\d+ cpu=\d+ lat=\d+ rq\[f=\w+h,i=\d+,an=\w+h,rx=\w*,wx=\w*,ax=\w*\] rp\[f=\w+h,i=\d+,an=\w+h,rx=\w*,wx=\w*,ax=\w*\] scf=\[\d+,\w+h,fd=-?\d+\] scb=\[\d+,\w+h,fd=-?\d+\] exp=\w* rc=\d+ c_exp=\w*$/;
    for (const line of lines) assert.match(line, shape);
    const [, id = '', source = ''] =
      lines.map((line) => shape.exec(line) ?? []).find(([, , from]) => Number(from) === held.socket.localPort) ?? [];
    assert.match(
      await ask(`show sess ${id}`),
      new RegExp(
        `^${id}: \\[\\d\\d/\\w{3}/\\d{4}:\\d\\d:\\d\\d:\\d\\d\\.\\d+\\] id=\\d+ proto=tcpv4 source=127\\.0\\.0\\.1:${source}\\n  flags=[^]*\\n  frontend=front \\(id=\\d+ mode=http\\), listener=\\S+ \\(id=1\\) addr=127\\.0\\.0\\.1:${port}\\n  backend=apps \\(id=\\d+ mode=http\\)[^]*\\n  server=one \\(id=1\\)`,
      ),
    );
    assert.equal(await ask(`shutdown session ${id}`), '\n');
    await until('the request to be answered', () => held.text.startsWith('HTTP/1.1 502 '));
    assert.equal(other.text, '');
    assert.equal(await ask('shutdown sessions server apps/one'), '\n');
    await until('the other one to be answered', () => other.text.startsWith('HTTP/1.1 502 '));
    await until('no session to be left', async () => !(await ask('show sess')).includes(' fe=front '));
  });

  forEachRouter('control: a frontend stops listening, listens again, and is shut down', async (t, router) => {
    const { ask, url, port } = await start(t, router, ['option socket-stats']);
    /** What is counted of its address stays to be seen: sessions and status. */
    const address = async (): Promise<readonly unknown[]> =>
      ((await ask('show stat -1 8 -1')).split('\n').find((line) => line.startsWith('front,sock-1,')) ?? '')
        .split(',')
        .filter((_value, column) => column === 7 || column === 17);
    assert.equal((await request(url)).status, 200);
    assert.deepEqual(await address(), ['1', 'OPEN']);
    assert.equal(await ask('disable frontend front'), '\n');
    assert.deepEqual(await address(), ['1', 'OPEN']);
    assert.match(await ask('show stat -1 1 -1'), /^front,FRONTEND,.*,PAUSED,/m);
    assert.equal(await ask('disable frontend front'), 'All sockets are already disabled.\n\n');
    await refused(port);
    assert.equal(await ask('enable frontend front'), '\n');
    assert.match(await ask('show stat -1 1 -1'), /^front,FRONTEND,.*,OPEN,/m);
    assert.equal((await request(url)).status, 200);
    assert.deepEqual(await address(), ['2', 'OPEN']);
    assert.equal(await ask('shutdown frontend front'), '\n');
    assert.deepEqual(await address(), ['2', 'OPEN']);
    assert.match(await ask('show stat -1 1 -1'), /^front,FRONTEND,.*,STOP,/m);
    await refused(port);
    assert.equal(await ask('enable frontend front'), 'Frontend was previously shut down, cannot enable.\n\n');
    assert.equal(await ask('disable frontend front'), 'Frontend was previously shut down, cannot disable.\n\n');
    assert.equal(await ask('shutdown frontend front'), 'Frontend was already shut down.\n\n');
  });

  forEachRouter(
    'control: set rate-limit lets so many connections in each second, and the others wait',
    async (t, router) => {
      const { ask, port } = await start(t, router);
      await ask('set rate-limit connections global 2');
      const clients = await Promise.all(Array.from({ length: 6 }, () => openRaw(t, port)));
      const began = performance.now();
      for (const client of clients) client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      for (const client of clients) await client.ended();
      for (const client of clients) assert.match(client.text, /^HTTP\/1\.1 200 /);
      // Two at once, and the rest at two in a second.
      assert.ok(performance.now() - began > 1000, `${performance.now() - began} ms`);
      assert.match(await ask('show info'), /^ConnRateLimit: 2$/m);
    },
  );

  scenario('what operators changed stays when a file that the configuration names changes', async (t) => {
    const dir = new TempDir(t);
    const list = dir.write('list.acl', '/one\n');
    const { ask, url, app } = await start(t, 'router', [`http-request deny if { path -f ${list} }`]);
    assert.equal((await request(`${url}/two`)).status, 200);
    await ask(`add server apps/two 127.0.0.1:${app.port}; set maxconn frontend front 77; disable frontend other`);
    dir.write('list.acl', '/one\n/two\n');
    await until('the list to be applied', async () => (await request(`${url}/two`)).status === 403);
    assert.match(await ask('show servers state apps'), / two 127\.0\.0\.1 /);
    assert.match(await ask('show stat front 1 -1'), /^front,FRONTEND,,,\d+,\d+,77,/m);
    assert.match(await ask('show stat other 1 -1'), /,PAUSED,/);
    await ask('reload');
    assert.doesNotMatch(await ask('show servers state apps'), / two 127\.0\.0\.1 /);
    assert.match(await ask('show stat other 1 -1'), /,OPEN,/);
  });

  scenario('shutdown sessions server ends WebSockets with a Close frame', async (t) => {
    const { ask, port } = await start(t, 'router');
    const client = new WebSocket(`ws://127.0.0.1:${port}/echo`);
    await once(client, 'open');
    const closed = once(client, 'close');
    await ask('shutdown sessions server apps/one');
    assert.equal((await closed)[0], 1012);
  });
});
