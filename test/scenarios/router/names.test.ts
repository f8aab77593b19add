/** Names of servers: looked up as HAProxy does, by a name server of Debian's that changes its mind, dies and comes back. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { onCleanup } from '../../support/cleanup.ts';
import { request } from '../../support/client.ts';
import { asked } from '../../support/control.ts';
import { NameServer } from '../../support/dns.ts';
import { engineStatements } from '../../support/engines.ts';
import { freePort } from '../../support/ports.ts';
import { run } from '../../support/process.ts';
import { commandLine, skips, type Router } from '../../support/programs.ts';
import { portOf } from '../../support/raw.ts';
import { routingConfig, startRouting, type Routing, type RoutingParts } from '../../support/routing.ts';
import { forEachEngine, forEachRouter } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

/** An application at every loopback address, which answers with the one it was reached at; `/held` answers when it is let go. */
async function startEverywhere(t: TestContext) {
  const held: ServerResponse[] = [];
  const server = createServer(({ socket, url }, answer) => {
    if (url === '/held') held.push(answer);
    else answer.end(socket.localAddress);
  });
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  onCleanup(t, () => new Promise((resolve) => server.close(() => resolve())));
  return { port: portOf(server.address()), held };
}

interface Named extends Routing {
  readonly ask: (line: string) => Promise<string>;
  /** Waits for an answer with this text. */
  readonly answers: (text: string | number) => Promise<void>;
  /** Of `show servers state`: name, address, operational state, 32 without an address, weight, looked-up name, port, SRV record. */
  readonly states: () => Promise<string[]>;
}

async function start(t: TestContext, router: Router, parts: RoutingParts): Promise<Named> {
  const socket = new TempDir(t).join('control.sock');
  const routing = await startRouting(t, router, {
    ...parts,
    global: ['maxconn 100', `stats socket ${socket} mode 600 level admin`, ...(parts.global ?? [])],
  });
  const ask = (line: string): Promise<string> => asked(socket, line);
  return {
    ...routing,
    ask,
    answers: async (wanted) => {
      await until(`an answer of ${wanted}`, async () => {
        const { status, text } = await request(routing.url);
        return status === wanted || text === wanted;
      });
    },
    states: async () =>
      (await ask('show servers state apps'))
        .split('\n')
        .slice(2)
        .filter((line) => line !== '')
        .map((line) => {
          const [, , , name, address, operational, admin, weight] = line.split(' ');
          const [fqdn, port, record] = line.split(' ').slice(17);
          return [name, address, operational, Number(admin) & 32, weight, fqdn, port, record].join(' ');
        }),
  };
}

forEachRouter('names: a server follows its name, requests in progress stay, and the log says so', async (t, router) => {
  if (skips(t, 'dnsmasq')) return;
  const { port, held } = await startEverywhere(t);
  const dns = await NameServer.start(t, { 'app.svc.test': ['127.0.0.11'] });
  const on = await start(t, router, {
    sections: { 'resolvers r': dns.lines() },
    backend: [`server s app.svc.test:${port} resolvers r resolve-prefer ipv4 init-addr none`],
  });
  await on.answers('127.0.0.11');
  const waiting = request(`${on.url}/held`);
  await until('the request that is held', () => held.length === 1);
  dns.say({ 'app.svc.test': ['127.0.0.12'] });
  await on.answers('127.0.0.12');
  held[0]?.end('held');
  assert.equal((await waiting).text, 'held');
  dns.say({});
  await on.answers(503);
  assert.deepEqual(await on.states(), [`s - 0 32 1 app.svc.test ${port} -`]);
  assert.match(await on.ask('show stat'), /^apps,s,.*,MAINT \(resolution\),/m);
  dns.say({ 'app.svc.test': ['127.0.0.13'] });
  await on.answers('127.0.0.13');
  assert.deepEqual(await on.states(), [`s 127.0.0.13 2 0 1 app.svc.test ${port} -`]);
  await on.syslog.message(/changed its IP from \(none\) to 127\.0\.0\.13/);
  const events = on.syslog.messages().filter((line) => !line.startsWith('127.0.0.1:') && line.includes('apps'));
  const returned = (address: string, from: string): string[] => [
    `apps/s changed its IP from ${from} to ${address} by r/n.`,
    "Server apps/s ('app.svc.test') is UP/READY (resolves again).",
    'Server apps/s administratively READY thanks to valid DNS answer.',
  ];
  assert.deepEqual(
    // A request of ours may be under way as the name goes.
    events
      .filter((line) => !/^Proxy |started/.test(line))
      .map((line) => line.replace(/\d+ sessions active/, 'N sessions active')),
    [
      ...returned('127.0.0.11', '(none)'),
      'apps/s changed its IP from 127.0.0.11 to 127.0.0.12 by r/n.',
      'Server apps/s is going DOWN for maintenance (DNS NX status). 0 active and 0 backup servers left. N sessions active, 0 requeued, 0 remaining in queue.',
      'backend apps has no server available!',
      ...returned('127.0.0.13', '(none)'),
    ],
  );
});

forEachRouter(
  'names: a name server that dies takes nothing away within hold, and is heard again',
  async (t, router) => {
    if (skips(t, 'dnsmasq')) return;
    const { port } = await startEverywhere(t);
    const dns = await NameServer.start(t, { 'app.svc.test': ['127.0.0.11'] });
    const on = await start(t, router, {
      sections: { 'resolvers r': dns.lines('timeout retry 100ms', 'hold timeout 60s') },
      backend: [`server s app.svc.test:${port} resolvers r resolve-prefer ipv4 init-addr none`],
    });
    await on.answers('127.0.0.11');
    await dns.stop();
    const sent = async (): Promise<number> => Number(/sent: +(\d+)/.exec(await on.ask('show resolvers r'))?.[1]);
    const before = await sent();
    await until('queries that nothing answers', async () => (await sent()) > before + 5);
    await on.answers('127.0.0.11');
    dns.say({ 'app.svc.test': ['127.0.0.12'] });
    await dns.start();
    await on.answers('127.0.0.12');
  },
);

forEachRouter('names: a server with an address and resolvers gets a name by a command', async (t, router) => {
  if (skips(t, 'dnsmasq')) return;
  const { port } = await startEverywhere(t);
  const dns = await NameServer.start(t, { 'app.svc.test': ['127.0.0.12'] });
  const on = await start(t, router, {
    sections: { 'resolvers r': dns.lines() },
    backend: [`server s 127.0.0.11:${port} resolvers r resolve-prefer ipv4`, `server t 127.0.0.11:${port} backup`],
  });
  await on.answers('127.0.0.11');
  assert.match(await on.ask('set server apps/t fqdn app.svc.test'), /failed because no resolution is configured/);
  assert.match(
    await on.ask('set server apps/s fqdn app.svc.test'),
    /^apps\/s changed its FQDN from \(null\) to app\.svc\.test by 'stats socket command'\n/,
  );
  await on.answers('127.0.0.12');
  assert.equal((await on.states())[0], `s 127.0.0.12 2 0 1 app.svc.test ${port} -`);
});

forEachRouter('names: servers of a template share the addresses of a name', async (t, router) => {
  if (skips(t, 'dnsmasq')) return;
  const { port } = await startEverywhere(t);
  const dns = await NameServer.start(t, { 'app.svc.test': ['127.0.0.11', '127.0.0.12'] });
  const on = await start(t, router, {
    sections: { 'resolvers r': dns.lines() },
    backend: [`server-template w 3 app.svc.test:${port} resolvers r resolve-prefer ipv4 init-addr none`],
  });
  const addresses = async (): Promise<string[]> =>
    (await on.states()).map((line) => line.split(' ')[1] ?? '').toSorted();
  const become = (...wanted: string[]): Promise<unknown> =>
    until(`the addresses ${wanted.join(', ')}`, async () => (await addresses()).join() === wanted.join());
  await become('-', '127.0.0.11', '127.0.0.12');
  dns.say({ 'app.svc.test': ['127.0.0.12', '127.0.0.13', '127.0.0.14'] });
  await become('127.0.0.12', '127.0.0.13', '127.0.0.14');
  dns.say({ 'app.svc.test': ['127.0.0.13'] });
  await become('-', '-', '127.0.0.13');
  await on.answers('127.0.0.13');
});

forEachRouter('names: SRV records give addresses, ports and weights, also over TCP', async (t, router) => {
  if (skips(t, 'dnsmasq')) return;
  const [one, two] = [await startEverywhere(t), await startEverywhere(t)];
  const dns = await NameServer.start(t, { 'w1.svc.test': ['127.0.0.11'], 'w2.svc.test': ['127.0.0.12'] }, [
    `srv-host=_http._tcp.svc.test,w1.svc.test,${one.port},0,512`,
    `srv-host=_http._tcp.svc.test,w2.svc.test,${two.port},0,10`,
  ]);
  const on = await start(t, router, {
    sections: {
      'resolvers r': dns
        .lines('accepted_payload_size 8192')
        .map((line) => line.replace(/^nameserver n /, 'nameserver n tcp@')),
    },
    backend: ['server-template w 3 _http._tcp.svc.test resolvers r resolve-prefer ipv4 init-addr none'],
  });
  await until('both services', async () => (await on.states()).filter((line) => line.includes(' 2 0 ')).length === 2);
  assert.deepEqual((await on.states()).map((line) => line.replace(/^w\d /, '')).toSorted(), [
    '- 0 32 1 - 0 _http._tcp.svc.test',
    `127.0.0.11 2 0 2 w1.svc.test ${one.port} _http._tcp.svc.test`,
    `127.0.0.12 2 0 1 w2.svc.test ${two.port} _http._tcp.svc.test`,
  ]);
  const texts = new Set<string>();
  for (let turn = 0; turn < 6; turn += 1) texts.add((await request(on.url)).text);
  assert.deepEqual([...texts].toSorted(), ['127.0.0.11', '127.0.0.12']);
});

forEachRouter('names: a name server may be named itself', async (t, router) => {
  if (skips(t, 'dnsmasq')) return;
  const one = await startEverywhere(t);
  const dns = await NameServer.start(t, { 'app.svc.test': ['127.0.0.11'] });
  const on = await start(t, router, {
    sections: { 'resolvers r': dns.lines().map((line) => line.replace('127.0.0.1:', 'localhost:')) },
    backend: [`server s app.svc.test:${one.port} resolvers r resolve-prefer ipv4 init-addr none`],
  });
  await until('the server', async () => (await on.states()).some((line) => line.includes(' 127.0.0.11 2 ')));
  assert.equal((await request(on.url)).text, '127.0.0.11');
});

forEachRouter('names: one that cannot be resolved stops the start, unless init-addr allows it', async (t, router) => {
  const start = async (server: string): Promise<number | null> => {
    const port = await freePort();
    const file = new TempDir(t).write('haproxy.cfg', routingConfig(port, 9, { backend: [server] }));
    const [command, ...args] = commandLine(router, file);
    const { code, stderr } = await run(t, command, args);
    assert.match(stderr, /could not resolve address 'nowhere\.invalid'/);
    return code;
  };
  assert.notEqual(await start('server s nowhere.invalid:80'), 0);
  assert.notEqual(await start('server s nowhere.invalid:80 init-addr last,libc'), 0);
  const { url } = await startRouting(t, router, { backend: ['server s nowhere.invalid:80 init-addr libc,none'] });
  assert.equal((await request(url)).status, 503);
});

forEachEngine('names: rules look up names with do-resolve, once for all who wait', async (t, engine) => {
  if (skips(t, 'dnsmasq')) return;
  await sought(t, 'router', engineStatements(engine));
});

forEachRouter('names: rules look up names with do-resolve', async (t, router) => {
  if (skips(t, 'dnsmasq')) return;
  await sought(t, router, []);
});

async function sought(t: TestContext, router: Router, frontend: readonly string[]): Promise<void> {
  const dns = await NameServer.start(t, { 'a.svc.test': ['127.0.0.21'], 'b.svc.test': ['127.0.0.22'] });
  const { url } = await startRouting(t, router, {
    sections: { 'resolvers r': dns.lines('timeout retry 200ms') },
    frontend: [
      ...frontend,
      'http-request do-resolve(txn.ip,r,ipv4) hdr(host),lower',
      'http-request return status 200 content-type text/plain lf-string "%[var(txn.ip)]" if { var(txn.ip) -m found }',
      'http-request return status 404 content-type text/plain string none',
    ],
  });
  const at = async (host: string): Promise<string> => (await request(url, { headers: { host } })).text;
  const all = await Promise.all(
    ['a.svc.test', 'b.svc.test', 'A.svc.test', 'gone.svc.test', 'a..b', '127.0.0.9'].map(at),
  );
  assert.deepEqual(all.slice(0, 5), ['127.0.0.21', '127.0.0.22', '127.0.0.21', 'none', 'none']);
}
