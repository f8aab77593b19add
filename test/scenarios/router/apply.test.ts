import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createRouter, NotApplied, type Router } from '@headgate/router';
import { Pool } from 'undici';
import { WebSocket, WebSocketServer } from 'ws';
import { openRaw } from '../../support/raw.ts';
import { Origin } from '../../support/origin.ts';
import { freePort } from '../../support/ports.ts';
import { until } from '../../support/until.ts';

const quiet = { log: () => undefined };

for (const engine of ['wire', 'http-proxy'] as const) {
  test(`${engine}: keep-alive clients follow a new configuration with their next request`, async (t) => {
    const [old, next] = [await app(t, 'old'), await app(t, 'new')];
    const router = await started(t, site(engine, `server one 127.0.0.1:${old.port}`));
    const client = pool(t, router, 1);
    assert.equal(await text(client), 'old');
    await router.apply(site(engine, `server two 127.0.0.1:${next.port}`));
    assert.equal(await text(client), 'new');
    await router.apply(
      site(
        engine,
        `server two 127.0.0.1:${next.port}`,
        'http-request return status 200 content-type text/plain string here',
      ),
    );
    assert.equal(await text(client), 'here');
    assert.equal(old.connections + next.connections, 2);
  });

  test(`${engine}: a request that is open ends under the rules it began with`, async (t) => {
    const origin = await Origin.listen(t);
    origin.replies.set('/slow', () => undefined);
    const router = await started(t, site(engine, `server one 127.0.0.1:${origin.port}`));
    const client = await openRaw(t, portOf(router));
    client.send('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
    const { connection } = await origin.head('/slow');
    await router.apply(site(engine, 'server two 127.0.0.1:1', 'http-request deny'));
    connection.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate');
    await client.expect(/^HTTP\/1\.1 200 OK\r\n[^]*late$/);
    client.send('GET /next HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.expect(/HTTP\/1\.1 403/);
  });

  test(`${engine}: a WebSocket goes on while its server is taken away`, async (t) => {
    const server = await app(t, 'one');
    const router = await started(t, site(engine, `server one 127.0.0.1:${server.port}`));
    const socket = new WebSocket(`ws://127.0.0.1:${portOf(router)}/`);
    t.after(() => socket.terminate());
    await once(socket, 'open');
    await router.apply(site(engine, 'server other 127.0.0.1:1'));
    socket.send('still here');
    const [message] = (await once(socket, 'message')) as [Buffer];
    assert.equal(String(message), 'one: still here');
  });

  test(`${engine}: idle connections to a server that stays serve on, those to one that moved do not`, async (t) => {
    const [first, second] = [await app(t, 'first'), await app(t, 'second')];
    const router = await started(t, site(engine, `server one 127.0.0.1:${first.port} weight 10`));
    const client = pool(t, router, 1);
    for (let n = 0; n < 3; n += 1) await text(client);
    await router.apply(site(engine, `server one 127.0.0.1:${first.port} weight 20`));
    for (let n = 0; n < 3; n += 1) assert.equal(await text(client), 'first');
    assert.equal(first.connections, 1);
    await router.apply(site(engine, `server one 127.0.0.1:${second.port} weight 20`));
    assert.equal(await text(client), 'second');
    await until('the connection to the first server is closed', () => (first.open() === 0 ? true : undefined));
  });

  test(`${engine}: a hundred configurations under load lose no request and leak nothing`, async (t) => {
    const [one, two] = [await app(t, 'one'), await app(t, 'two')];
    const servers = [
      `server one 127.0.0.1:${one.port} weight 1\n server two 127.0.0.1:${two.port} weight 3`,
      `server two 127.0.0.1:${two.port} maxconn 2`,
      `balance leastconn\n server one 127.0.0.1:${one.port}`,
      `server one 127.0.0.1:${two.port}\n server spare 127.0.0.1:${one.port} backup`,
    ];
    const router = await started(t, site(engine, servers[0] ?? ''));
    const client = pool(t, router, 8);
    let applying = true;
    let answers = 0;
    const load = Array.from({ length: 8 }, async () => {
      while (applying) {
        assert.match(await text(client), /^(?:one|two)$/);
        answers += 1;
      }
    });
    for (let n = 1; n <= 100; n += 1) {
      await router.apply(site(engine, servers[n % servers.length] ?? ''));
      const before = answers;
      await until('a request is answered', () => (answers > before ? true : undefined));
    }
    applying = false;
    await Promise.all(load);
    assert.equal(client.stats.connected, 8);
    // Eight requests at a time need no more than that, whatever is left of those before.
    await until('connections no configuration needs are closed', () =>
      one.open() + two.open() <= 16 ? true : undefined,
    );
  });
}

test('an address that is taken leaves the configuration before serving, and is named', async (t) => {
  const taken = createTcpServer();
  taken.listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.after(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  const server = await app(t, 'one');
  const router = await started(t, site('wire', `server one 127.0.0.1:${server.port}`));
  const addresses = [...router.addresses];
  const wanted = site('wire', 'server two 127.0.0.1:1').replace(
    '\n engine',
    `\n bind 127.0.0.1:${port}\n bind 127.0.0.1:${await freePort()}\n engine`,
  );
  await assert.rejects(router.apply(wanted), (error) => {
    assert.ok(error instanceof NotApplied);
    assert.deepEqual(
      error.unbound.map(({ frontend }) => frontend),
      ['all'],
    );
    assert.match(error.message, new RegExp(`frontend all: .*EADDRINUSE.*${port}`));
    return true;
  });
  assert.deepEqual(router.addresses, addresses);
  assert.equal(await text(pool(t, router, 1)), 'one');
});

test('new addresses are served and old ones are left, while the connections to them go on', async (t) => {
  const server = await app(t, 'one');
  const [first, second] = [await freePort(), await freePort()];
  const on = (port: number): string =>
    site('wire', `server one 127.0.0.1:${server.port}`).replace('127.0.0.1:0', `127.0.0.1:${port}`);
  const router = await started(t, on(first));
  const client = pool(t, router, 1);
  assert.equal(await text(client), 'one');
  await router.apply(on(second));
  assert.deepEqual(router.addresses, [`127.0.0.1:${second}`]);
  assert.equal(await text(pool(t, router, 1)), 'one');
  assert.equal(await text(client), 'one');
  assert.equal(client.stats.connected, 1);
  await assert.rejects(text(new Pool(`http://127.0.0.1:${first}`)), /ECONNREFUSED/);
});

test('those who wait in the queue get the server that a new configuration brings', async (t) => {
  const origin = await Origin.listen(t);
  origin.replies.set('/slow', () => undefined);
  const free = await app(t, 'free');
  const busy = `server one 127.0.0.1:${origin.port} maxconn 1`;
  const router = await started(t, site('wire', busy));
  const first = await openRaw(t, portOf(router));
  first.send('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
  const { connection } = await origin.head('/slow');
  const second = await openRaw(t, portOf(router));
  second.send('GET /waits HTTP/1.1\r\nHost: a\r\n\r\n');
  await router.apply(site('wire', `${busy}\n server two 127.0.0.1:${free.port}`));
  await second.expect(/free$/);
  connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  await first.expect(/ok$/);
});

test('a frontend that is gone ends the connections that ask nothing, and one that changes its engine serves on', async (t) => {
  const server = await app(t, 'one');
  const line = `server one 127.0.0.1:${server.port}`;
  const router = await started(t, site('wire', line));
  const client = await openRaw(t, portOf(router));
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.expect(/one$/);
  await router.apply(site('http-proxy', line));
  assert.equal(await text(pool(t, router, 1)), 'one');
  await client.ended();
});

/** One frontend before one backend. */
function site(engine: string, servers: string, rules = ''): string {
  return `defaults
 mode http
 timeout client 20s
 timeout connect 5s
 timeout server 20s
frontend all
 bind 127.0.0.1:0
 engine ${engine}
 ${rules}
 default_backend apps
backend apps
 ${servers}
`;
}

async function started(t: TestContext, config: string): Promise<Router> {
  const router = await createRouter({ config, logger: quiet });
  t.after(() => router.close({ within: 0 }));
  await router.listen();
  return router;
}

function portOf(router: Router): number {
  return Number(router.addresses[0]?.split(':').at(-1));
}

function pool(t: TestContext, router: Router, connections: number): Pool {
  const client = new Pool(`http://127.0.0.1:${portOf(router)}`, { connections });
  t.after(() => client.destroy());
  return client;
}

async function text(client: Pool): Promise<string> {
  const { statusCode, body } = await client.request({ path: '/', method: 'GET' });
  const content = await body.text();
  assert.equal(statusCode, 200, content);
  return content;
}

/** An application that says its name, over HTTP and in front of every WebSocket message. */
async function app(t: TestContext, name: string) {
  const answer: RequestListener = (_request, response) => void response.end(name);
  const server = createServer({ keepAliveTimeout: 0 }, answer);
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) =>
    socket.on('message', (data: Buffer) => socket.send(`${name}: ${data.toString()}`)),
  );
  let connections = 0;
  let open = 0;
  server.on('connection', (socket) => {
    connections += 1;
    open += 1;
    socket.once('close', () => (open -= 1));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    for (const socket of sockets.clients) socket.terminate();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get connections() {
      return connections;
    },
    open: () => open,
  };
}
