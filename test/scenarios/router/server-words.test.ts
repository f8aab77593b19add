import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { echoOf, startApp } from '../../support/apps.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { request } from '../../support/client.ts';
import { engineStatements } from '../../support/engines.ts';
import { freePort } from '../../support/ports.ts';
import { exchange, openRaw, portOf } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import type { Statements } from '../../support/routing.ts';
import { forEachEngine, forEachRouter } from '../../support/scenario.ts';

/** An application that tells the address and port a request was sent to, and where from. */
async function startPlaced(t: TestContext, host: string, port = 0): Promise<number> {
  const server = createServer(({ socket }, answer) => {
    answer.end(`${socket.localAddress}:${socket.localPort} from ${socket.remoteAddress}`);
  });
  server.listen(port, host);
  await once(server, 'listening');
  onCleanup(t, () => new Promise((resolve) => server.close(() => resolve())));
  return portOf(server.address());
}

/** The port an address of ours would have for a client that connected to `port`. */
async function textAt(port: number, host = '127.0.0.1'): Promise<string> {
  return (await request(`http://${host}:${port}/`)).text;
}

forEachRouter(
  "a server without a port has the client's, one with an offset has it counted from there",
  async (t, router) => {
    const port = await freePort();
    await startPlaced(t, '127.0.0.9', port);
    const shifted = await startPlaced(t, '127.0.0.8');
    const offset = shifted - port;
    const frontend = [`bind 127.0.0.2:${port}`, 'use_backend same if { dst 127.0.0.2 }'];
    const { url } = await startRouting(t, router, {
      frontend: [...frontend, `bind 127.0.0.3:${port}`, 'use_backend moved if { dst 127.0.0.3 }'],
      backend: ['server none 127.0.0.1:1 disabled'],
      backends: {
        same: ['server s 127.0.0.9'],
        moved: [`server s 127.0.0.8:${offset < 0 ? '' : '+'}${offset}`],
      },
    });
    assert.ok(url);
    assert.equal(await textAt(port, '127.0.0.2'), `127.0.0.9:${port} from 127.0.0.1`);
    assert.equal(await textAt(port, '127.0.0.3'), `127.0.0.8:${shifted} from 127.0.0.1`);
  },
);

forEachRouter("a server at * has the client's destination, and each client its own connection", async (t, router) => {
  const port = await startPlaced(t, '0.0.0.0');
  const { port: front } = await startRouting(t, router, {
    bind: 'accept-proxy',
    backend: ['http-reuse always', `server s *:${port}`],
  });
  for (const address of ['127.0.0.5', '127.0.0.6', '127.0.0.5']) {
    const text = await exchange(
      t,
      front,
      `PROXY TCP4 127.0.0.1 ${address} 5000 80\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    assert.match(text, new RegExp(`\r\n\r\n.*${address.replaceAll('.', '\\.')}:${port} from`, 's'));
  }
});

forEachRouter('source is the address that servers are connected to from', async (t, router) => {
  const port = await startPlaced(t, '127.0.0.1');
  const { url } = await startRouting(t, router, {
    frontend: ['use_backend own if { path /own }'],
    backend: ['source 127.0.0.7', `server s 127.0.0.1:${port}`],
    backends: { own: ['source 127.0.0.7', `server s 127.0.0.1:${port} source 127.0.0.6`] },
  });
  assert.match((await request(url)).text, /from 127\.0\.0\.7$/);
  assert.match((await request(`${url}/own`)).text, /from 127\.0\.0\.6$/);
});

forEachRouter('redir sends GET and HEAD elsewhere, and everything else to the server', async (t, router) => {
  const app = await startApp(t);
  const { url, port, syslog } = await startRouting(t, router, {
    backend: [`server s 127.0.0.1:${app.port} redir http://images.example.org/x`],
  });
  const moved = await exchange(t, port, 'GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n');
  assert.match(moved, /^HTTP\/1\.1 302 Found\r\n/);
  assert.match(moved, /\r\nlocation: http:\/\/images\.example\.org\/x\/a\?b\r\n/);
  assert.match(moved, /\r\ncache-control: no-cache\r\n/);
  assert.match(moved, /\r\nconnection: close\r\n/);
  assert.match(await syslog.message(/a\?b/), /apps\/s \d+\/0\/-1\/-1\/\d+ 302 \d+ - - LC-- .* 0\/0 "GET/);
  assert.equal(app.requests.length, 0);
  assert.equal((await request(`${url}/post`, { method: 'POST', body: 'x' })).status, 200);
});

forEachRouter('http-send-name-header tells each server its name, on every attempt', async (t, router) => {
  const app = await startApp(t);
  const { url } = await startRouting(t, router, {
    backend: [
      'option redispatch 1',
      'http-send-name-header X-Server',
      `server dead 127.0.0.1:${await freePort()}`,
      `server alive 127.0.0.1:${app.port}`,
    ],
  });
  const echo = echoOf(await request(url, { headers: { 'x-server': 'mine' } }));
  assert.equal(echo.headers['x-server'], 'alive');
});

for (const [option, header] of [
  ['', 'close'],
  ['option http-pretend-keepalive', undefined],
] as const)
  forEachRouter(`with ${option || 'no option'} a server reads Connection: ${header}`, async (t, router) => {
    const app = await startApp(t);
    const { url } = await startRouting(t, router, {
      backend: ['option http-server-close', option, `server s 127.0.0.1:${app.port}`],
    });
    for (let turn = 0; turn < 2; turn += 1) assert.equal(echoOf(await request(url)).headers['connection'], header);
    assert.equal(app.connectionsEver(), 2);
  });

forEachRouter('option http-ignore-probes says nothing to connections that sent nothing', async (t, router) => {
  const { port, syslog } = await startRouting(t, router, {
    defaults: ['timeout http-request 300ms', 'option http-ignore-probes'],
    backend: ['server s 127.0.0.1:1 disabled'],
  });
  (await openRaw(t, port)).end();
  assert.equal(await (await openRaw(t, port)).rest(), '');
  const slow = await openRaw(t, port);
  slow.send('GET / HT');
  assert.match(await slow.rest(), /^HTTP\/1\.1 408 /);
  await syslog.message(/ 408 .*<BADREQ>/);
  assert.equal(syslog.messages().filter((line) => line.includes('<BADREQ>')).length, 1);
});

/** Statements of a server whose name has no address, or two. */
const named = (engine: Parameters<typeof engineStatements>[0], backend: Statements) => ({
  frontend: engineStatements(engine),
  backend,
});

forEachEngine("a server without a port, or at *, is found by the client's destination", async (t, engine) => {
  const port = await startPlaced(t, '0.0.0.0');
  const { port: front } = await startRouting(t, 'router', {
    bind: 'accept-proxy',
    frontend: [...engineStatements(engine), 'use_backend same if { path /same }'],
    backend: ['http-reuse always', 'server s *'],
    backends: { same: ['http-reuse always', 'server s 127.0.0.9'] },
  });
  const ask = (path: string, address: string): Promise<string> =>
    exchange(
      t,
      front,
      `PROXY TCP4 127.0.0.1 ${address} 5000 ${port}\r\nGET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
  for (const address of ['127.0.0.5', '127.0.0.6', '127.0.0.5'])
    assert.ok((await ask('/', address)).includes(`${address}:${port} from`));
  assert.ok((await ask('/same', '127.0.0.5')).includes(`127.0.0.9:${port} from`));
});

forEachEngine('init-addr gives a name that cannot be looked up an address', async (t, engine) => {
  const port = await startPlaced(t, '127.0.0.4');
  const { url } = await startRouting(
    t,
    'router',
    named(engine, [`server s nowhere.invalid:${port} init-addr libc,127.0.0.4 resolve-prefer ipv4`]),
  );
  assert.equal((await request(url)).text, `127.0.0.4:${port} from 127.0.0.1`);
});

forEachEngine('max-reuse ends a connection that has served often enough', async (t, engine) => {
  const app = await startApp(t);
  const { url } = await startRouting(
    t,
    'router',
    named(engine, ['http-reuse always', `server s 127.0.0.1:${app.port} max-reuse 1`]),
  );
  for (let turn = 0; turn < 6; turn += 1) await request(url);
  assert.equal(app.connectionsEver(), 3);
});

forEachRouter('dispatch is the server of a proxy without balance, and has no name', async (t, router) => {
  const [app, bound] = [await startApp(t, { name: 'dispatched' }), await startApp(t, { name: 'bound' })];
  const { url, syslog } = await startRouting(t, router, {
    frontend: ['use_backend balanced if { path /balanced }'],
    backend: [
      'default-server ssl verify none',
      'cookie S',
      `server s1 127.0.0.1:${bound.port} no-ssl cookie a`,
      'dispatch 127.0.0.1:1',
      `dispatch 127.0.0.1:${app.port}`,
    ],
    backends: { balanced: ['balance roundrobin', 'dispatch 127.0.0.1:1', `server s1 127.0.0.1:${bound.port}`] },
  });
  const server = async (path: string, cookie = ''): Promise<string> =>
    echoOf(await request(`${url}${path}`, { headers: { cookie } })).app;
  for (let n = 0; n < 3; n += 1) assert.equal(await server('/'), 'dispatched');
  assert.match(await syslog.message(/"GET \/ /), / front apps\/<NOSRV> .* 200 /);
  assert.equal(await server('/', 'S=a'), 'bound');
  assert.equal(await server('/balanced'), 'bound');
});
