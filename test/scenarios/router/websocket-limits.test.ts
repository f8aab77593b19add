/** `websocket`: WebSockets that exceed their limits, from real clients and from hostile ones. */
// oxlint-disable no-control-regex -- frames begin with control characters
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { io } from 'socket.io-client';
import { WebSocket, WebSocketServer, type ClientOptions } from 'ws';
import { startApp } from '../../support/apps.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { request } from '../../support/client.ts';
import { engineStatements, type Engine } from '../../support/engines.ts';
import { RawServer, openRaw, portOf, type RawSocket } from '../../support/raw.ts';
import { startRouting, type Routing, type Statements } from '../../support/routing.ts';
import { forEachEngine, together } from '../../support/scenario.ts';
import { settled, until } from '../../support/until.ts';

const LIMITED: Statements = ['websocket max-message 1000', 'websocket messages-per-second 5 bytes-per-second 100k'];

async function limited(t: TestContext, engine: Engine, port: number, backend = LIMITED): Promise<Routing> {
  return startRouting(t, 'router', {
    frontend: [
      ...engineStatements(engine),
      'log-format "%ST %ts %HU"',
      'http-request use-service prometheus-exporter if { path /metrics }',
    ],
    backend: [...backend, `server one 127.0.0.1:${port}`],
  });
}

interface Pair {
  readonly routing: Routing;
  readonly client: WebSocket;
  readonly server: WebSocket;
  /** The close codes that the client and the server see. */
  readonly closed: Promise<readonly [client: number, reason: string, server: number]>;
  /** Opens one more. */
  another(options?: ClientOptions): Promise<Pair>;
}

async function openPair(t: TestContext, engine: Engine): Promise<Pair> {
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: { threshold: 0 } });
  onCleanup(t, () => sockets.close());
  await once(sockets, 'listening');
  const routing = await limited(t, engine, portOf(sockets.address()));
  const another = async (options: ClientOptions = { perMessageDeflate: false }): Promise<Pair> => {
    const connected = once(sockets, 'connection');
    const client = new WebSocket(`ws://127.0.0.1:${routing.port}/chat`, options);
    onCleanup(t, () => client.terminate());
    await settled('the WebSocket to open', once(client, 'open'));
    const [server] = (await connected) as [WebSocket];
    const closed = Promise.all([once(client, 'close'), once(server, 'close')]).then(
      ([[code, reason], [own]]) => [Number(code), String(reason), Number(own)] as const,
    );
    return { routing, client, server, closed: settled('both to be closed', closed), another };
  };
  return another();
}

const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';

/** Both ends of a tunnel as bytes. */
async function rawPair(t: TestContext, engine: Engine, backend?: Statements) {
  const servers = await RawServer.listen(t);
  const routing = await limited(t, engine, servers.port, backend);
  const client = await openRaw(t, routing.port);
  client.send(
    `GET /raw HTTP/1.1\r\nHost: a\r\n${UPGRADE}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  );
  const server: RawSocket = await servers.next();
  await server.expect('\r\n\r\n');
  server.send(`HTTP/1.1 101 Switching Protocols\r\n${UPGRADE}Sec-WebSocket-Accept: x\r\n\r\n`);
  await client.expect('\r\n\r\n');
  return { routing, client, server, before: server.count };
}

const masked = (first: number, length: number): Buffer =>
  Buffer.concat([Buffer.from([first, 0x80 | 126, length >> 8, length & 255, 0, 0, 0, 0]), Buffer.alloc(length, 'x')]);

together('limits of WebSockets', () => {
  forEachEngine('a client that sends too much is closed, and its server hears why', async (t, engine) => {
    const { client, server, closed, routing } = await openPair(t, engine);
    const got: string[] = [];
    server.on('message', (data: Buffer) => got.push(data.toString()));
    for (let each = 0; each < 7; each += 1) client.send(`message ${each}`);
    assert.deepEqual(await closed, [1008, 'too many messages', 1008]);
    assert.deepEqual(got, ['message 0', 'message 1', 'message 2', 'message 3', 'message 4']);
    await routing.syslog.message(/^101 PD \/chat$/);
    const metrics = await request(`${routing.url}/metrics`);
    for (const [kind, labels] of [
      ['frontend', 'proxy="front"'],
      ['backend', 'proxy="apps"'],
      ['server', 'proxy="apps",server="one"'],
    ])
      assert.ok(metrics.text.includes(`headgate_${kind}_tunnels_limited_total{${labels}} 1\n`), metrics.text);
  });

  forEachEngine('a message that is too big does not reach the other end, from either side', async (t, engine) => {
    const up = await openPair(t, engine);
    let got = 0;
    up.server.on('message', () => (got += 1));
    up.client.send(Buffer.alloc(1000));
    up.client.send(Buffer.alloc(1001));
    assert.deepEqual(await up.closed, [1009, 'message too big', 1009]);
    assert.equal(got, 1);

    const down = await up.another();
    down.server.send(Buffer.alloc(600), { fin: false });
    down.server.send(Buffer.alloc(401));
    assert.deepEqual(await down.closed, [1009, 'message too big', 1009]);
    await down.routing.syslog.message(/^101 PD \/chat$/);

    const compressed = await up.another({ perMessageDeflate: { threshold: 0 } });
    const arrived = once(compressed.server, 'message');
    compressed.client.send('x'.repeat(50_000));
    assert.equal(String((await settled('the message', arrived))[0]).length, 50_000);
    compressed.client.send(Buffer.from(Array.from({ length: 1500 }, (_, at) => (at * at * 7919) >> 5)));
    assert.deepEqual(await compressed.closed, [1009, 'message too big', 1009]);
  });

  forEachEngine('socket.io works within its limits, and its client learns that it exceeded them', async (t, engine) => {
    const app = await startApp(t);
    const { url } = await limited(t, engine, app.port, ['websocket messages-per-second 20 burst 1s']);
    const client = io(url, { reconnection: false, transports: ['websocket'] });
    onCleanup(t, () => void client.close());
    await settled('the connection', new Promise((resolve) => client.on('connect', () => resolve(undefined))));
    assert.equal(await client.timeout(5_000).emitWithAck('say', 'hello'), 'app:hello');
    const left = new Promise<string>((resolve) => client.on('disconnect', (reason) => resolve(reason)));
    for (let each = 0; each < 30; each += 1) client.emit('say', each, () => {});
    assert.equal(await settled('the disconnection', left), 'transport close');
  });

  forEachEngine(
    'a frame that arrives byte by byte passes unchanged, and a broken one not at all',
    async (t, engine) => {
      const { client, server, before, routing } = await rawPair(t, engine);
      const good = masked(0x81, 200);
      await client.trickle(good.toString('latin1'));
      await until('the frame', () => server.count === before + good.length);
      assert.ok(server.bytes.subarray(before).equals(good));
      // A fragment of no message.
      client.send(masked(0x80, 10));
      await client.expect(/\x88\x10\x03\xeaprotocol error$/);
      await server.expect(/\x88\x90[^]{20}$/);
      assert.equal(server.count, before + good.length + 22);
      client.end();
      await client.ended();
      await server.ended();
      await routing.syslog.message(/^101 PD \/raw$/);
    },
  );

  forEachEngine(
    'a client that never stops is cut, and its server got no more than twice its burst',
    async (t, engine) => {
      const { client, server, before, routing } = await rawPair(t, engine, ['websocket bytes-per-second 50k']);
      // One frame that never ends.
      client.send(Buffer.from([0x82, 0xff, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
      const flood = setInterval(() => client.send(Buffer.alloc(65_536)), 1);
      onCleanup(t, () => clearInterval(flood));
      await client.expect(/\x88\x10\x03\xf0too many bytes/);
      await client.ended();
      clearInterval(flood);
      await server.ended();
      // Reads of up to 64 KiB, and what comes back in the meantime.
      assert.ok(server.count - before < 2 * 51_200 + 4 * 65_536, `${server.count - before}`);
      await routing.syslog.message(/^101 PD \/raw$/);
    },
  );
});
