/** What several workers have to agree on besides states, limits and tables: names, deployed servers, loads, variables, edited lists. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { TestContext } from 'node:test';
import { startApp } from '../../support/apps.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { request } from '../../support/client.ts';
import { asked } from '../../support/control.ts';
import { NameServer } from '../../support/dns.ts';
import { skips } from '../../support/programs.ts';
import { openRaw, portOf } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import type { Routing, RoutingParts } from '../../support/routing.ts';
import { scenario } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';
import { servedBy, workerPids } from '../../support/workers.ts';

interface Started extends Routing {
  readonly ask: (line: string) => Promise<string>;
  /** Lets worker 2 be replaced. */
  readonly replaceOne: () => Promise<void>;
}

async function start(t: TestContext, parts: RoutingParts): Promise<Started> {
  const socket = new TempDir(t).join('control.sock');
  const routing = await startRouting(t, 'router', {
    ...parts,
    global: ['workers 2', `stats socket ${socket} level admin`, 'hard-stop-after 5s'],
    frontend: ['http-after-response set-header x-worker %[proc]', ...(parts.frontend ?? [])],
  });
  const primary = routing.process;
  await primary.says(/serving on/);
  const replaceOne = async (): Promise<void> => {
    const before = primary.output.split('worker 2 serves again').length;
    process.kill(workerPids(primary.pid).get(2) ?? 0, 'SIGKILL');
    await until('another worker', () => primary.output.split('worker 2 serves again').length > before);
  };
  return { ...routing, ask: (line) => asked(socket, line), replaceOne };
}

scenario('the primary looks names up, and its workers follow, those too that start later', async (t) => {
  if (skips(t, 'dnsmasq')) return;
  const app = createServer(({ socket }, answer) => void answer.end(socket.localAddress));
  app.listen(0, '0.0.0.0');
  await once(app, 'listening');
  onCleanup(t, () => new Promise((resolve) => app.close(() => resolve())));
  const port = portOf(app.address());
  const dns = await NameServer.start(t, { 'app.svc.test': ['127.0.0.11'] });
  const of = 'resolvers r resolve-prefer ipv4 init-addr none';
  const {
    url,
    ask,
    replaceOne,
    process: primary,
  } = await start(t, {
    sections: { 'resolvers r': dns.lines() },
    backend: [`server s app.svc.test:${port} ${of}`],
    backends: { farm: [`server-template f 3 app.svc.test:${port} ${of}`] },
    frontend: ['use_backend farm if { path /farm }'],
  });
  const answers = async (path = ''): Promise<string> =>
    (await servedBy(`${url}${path}`, ({ status, text }) => (status === 200 ? text : String(status)))).join(' ');
  const both = (text: string): string => `1:${text} 2:${text}`;
  await until('both workers to know the address', async () => (await answers()) === both('127.0.0.11'));
  await until('both workers to know the template', async () => (await answers('/farm')) === both('127.0.0.11'));
  dns.say({ 'app.svc.test': ['127.0.0.12'] });
  await until('both workers to follow', async () => (await answers()) === both('127.0.0.12'));
  await until('both workers to follow there', async () => (await answers('/farm')) === both('127.0.0.12'));
  await replaceOne();
  assert.equal(await answers(), both('127.0.0.12'));
  assert.equal(await answers('/farm'), both('127.0.0.12'));
  assert.match(await ask('show resolvers'), /update: +[1-9]/);
  dns.say({});
  await until('both workers to lose it', async () => (await answers()) === both('503'));
  // One process looked it up.
  assert.equal(primary.output.split('s changed its IP from (none) to 127.0.0.11').length, 2);
});

scenario('a server is deployed in all workers, and in those that start later', async (t) => {
  const [old, next] = [await startApp(t, { name: 'old' }), await startApp(t, { name: 'next' })];
  const { port, url, ask, replaceOne } = await start(t, {
    backend: [`server one 127.0.0.1:${old.port} check inter 100ms`],
  });
  const serves = async (): Promise<string> =>
    (await servedBy(url, ({ text }) => String((JSON.parse(text) as { app: string }).app))).join(' ');
  const clients = await Promise.all(Array.from({ length: 12 }, () => openRaw(t, port)));
  for (const client of clients) client.send('GET /held HTTP/1.1\r\nHost: a\r\n\r\n');
  await until('all requests', () => old.held === clients.length);
  const to = `127.0.0.1:${next.port}`;
  assert.match(await ask(`deploy check apps/one ${to}`), /passed 2 checks of apps\/one: L4OK/);
  assert.match(await ask(`deploy switch apps/one ${to}`), / 12 requests and 0 tunnels are finishing\.\n/);
  assert.equal(await serves(), '1:next 2:next');
  assert.match(await ask('deploy status apps/one'), / 12 requests and 0 tunnels are finishing there\.\n/);
  await ask('reload');
  await replaceOne();
  assert.equal(await serves(), '1:next 2:next');
  const left = Number(/(\d+) requests? and 0 tunnels/.exec(await ask('deploy status apps/one'))?.[1]);
  assert.match(await ask('deploy end apps/one'), new RegExp(`^${left} requests and tunnels were ended\\.`));
  await until('nothing to be left', async () => / 0 requests and 0 tunnels/.test(await ask('deploy status apps/one')));
  assert.match(await ask(`deploy switch apps/one 127.0.0.1:${old.port}`), /moved from .* 0 requests/);
  assert.equal(await serves(), '1:old 2:old');
});

scenario('rules of all workers see the same loads, variables of the process and lists that rules edit', async (t) => {
  const app = await startApp(t);
  const blocked = new TempDir(t).write('blocked.acl', '/always\n');
  const fetches = 'be_conn(apps) srv_conn(apps/one) srv_conn_free(apps/one) queue(apps) connslots(apps) fe_conn';
  const shown = (text: string): string => `http-request return status 200 content-type text/plain lf-string "${text}"`;
  const { port, url, ask, replaceOne } = await start(t, {
    frontend: [
      'http-request set-var(proc.mode) url_param(mode) if { path /mode }',
      'http-request unset-var(proc.mode) if { path /unset }',
      `http-request add-acl(${blocked}) %[url_param(add)] if { path /add }`,
      `http-request del-acl(${blocked}) %[url_param(del)] if { path /del }`,
      `${shown('%[var(proc.mode)]')} if { path /var }`,
      `${shown(fetches.replaceAll(/\S+/g, '%[$&]'))} if { path /loads }`,
      `http-request deny if { path -f ${blocked} }`,
      `${shown('allowed')} if { path /shop /always /admin /mode /unset /add /del }`,
    ],
    backend: ['timeout queue 10m', 'timeout server 10m', `server one 127.0.0.1:${app.port} maxconn 8 maxqueue 90`],
  });
  const both = (path: string, expected: string): Promise<unknown> =>
    until(`both workers to show ${expected} at ${path}`, async () => {
      const answers = await servedBy(`${url}${path}`, ({ status, text }) => (status === 403 ? 'denied' : text));
      return answers.join() === `1:${expected},2:${expected}`;
    });
  // The connections of the requests that ask are counted too, a moment longer than they are open.
  const load = async (counts: string, connections: number): Promise<boolean> => {
    const answers = await servedBy(`${url}/loads`, ({ text }) =>
      Number(text.split(' ').at(-1)) > connections ? text.replace(/ \d+$/, '') : text,
    );
    return answers.join() === `1:${counts},2:${counts}`;
  };
  const clients = await Promise.all(Array.from({ length: 40 }, () => openRaw(t, port)));
  await until('both workers to see all connections', () => load('0 0 8 0 98', 40));
  for (const client of clients) client.send('GET /held HTTP/1.1\r\nHost: a\r\n\r\n');
  await until('both workers to see all requests', () => load('40 8 0 32 90', 40));

  await request(`${url}/mode?mode=night`);
  await both('/var', 'night');
  assert.match(await ask('get var proc.mode'), /value=<night>/);
  await request(`${url}/add?add=/shop`);
  await request(`${url}/del?del=/always`);
  await both('/shop', 'denied');
  await both('/always', 'allowed');
  assert.match(await ask(`show acl ${blocked}`), / \/shop\n/);

  await replaceOne();
  await until('both workers to see what is left', () => {
    const open = clients.filter(({ ending }) => ending === undefined).length;
    return open < clients.length && load(`${open} 4 4 ${open - 4} 94`, open);
  });
  await both('/var', 'night');
  await both('/shop', 'denied');
  await both('/always', 'allowed');

  // What the control socket makes of a list holds what rules have made of it.
  await ask(`add acl ${blocked} /admin`);
  await both('/admin', 'denied');
  await both('/shop', 'denied');
  await request(`${url}/unset`);
  await both('/var', '');
  await ask('reload');
  await both('/shop', 'allowed');
  await both('/always', 'denied');
});
