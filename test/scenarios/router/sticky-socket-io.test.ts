import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { io } from 'socket.io-client';
import type { ManagerOptions, Socket, SocketOptions } from 'socket.io-client';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { engineStatements } from '../../support/engines.ts';
import type { Engine } from '../../support/engines.ts';
import { startRouting } from '../../support/routing.ts';
import type { Statements } from '../../support/routing.ts';
import { forEachEngine, scenario } from '../../support/scenario.ts';
import { settled } from '../../support/until.ts';

/** Three applications with socket.io, between which nothing is shared, and the router in front of them. */
async function start(t: TestContext, engine: Engine, backend: Statements, ...global: Statements): Promise<string> {
  const apps = await Promise.all(['a', 'b', 'c'].map((name) => startApp(t, { name })));
  const { url } = await startRouting(t, 'router', {
    // A poll that its client has given up is answered at the next ping only, 25 s later.
    global: ['hard-stop-after 300ms', ...global],
    frontend: [...engineStatements(engine), 'http-response set-header x-worker %[proc]'],
    backend: [...backend, ...apps.map(({ name, port }) => `server ${name} 127.0.0.1:${port} cookie ${name}`)],
  });
  return url;
}

/** A client that has connected: the error otherwise. */
async function connect(t: TestContext, url: string, options: Partial<ManagerOptions & SocketOptions>): Promise<Socket> {
  const client = io(url, { reconnection: false, forceNew: true, ...options });
  onCleanup(t, () => void client.close());
  await settled(
    'the connection',
    new Promise<void>((resolve, reject) => {
      client.on('connect', resolve);
      client.on('connect_error', reject);
    }),
  );
  return client;
}

/** The application that answers; it changes when requests of one session go to several. */
async function says(client: Socket): Promise<string> {
  const answer: unknown = await client.timeout(5_000).emitWithAck('say', 'hello');
  return String(answer);
}

/** Resolves once the client has left polling for a WebSocket. */
function upgraded(client: Socket): Promise<void> {
  const { engine } = client.io;
  if (engine.transport.name === 'websocket') return Promise.resolve();
  return settled('the upgrade', new Promise((resolve) => engine.once('upgrade', () => resolve())));
}

forEachEngine('sticky socket.io keeps clients that poll, then upgrade, on one of three servers', async (t, engine) => {
  const url = await start(t, engine, ['sticky socket.io']);
  const clients = await Promise.all(Array.from({ length: 6 }, () => connect(t, url, {})));
  await Promise.all(clients.map(upgraded));
  const answers = await Promise.all(clients.map(says));
  assert.deepEqual([...new Set(answers)].toSorted(), ['a:hello', 'b:hello', 'c:hello']);
});

forEachEngine('sticky socket.io keeps clients that only poll on one of three servers', async (t, engine) => {
  const url = await start(t, engine, ['sticky socket.io']);
  const clients = await Promise.all(Array.from({ length: 3 }, () => connect(t, url, { transports: ['polling'] })));
  const seen = new Set<string>();
  for (const client of clients) {
    const first = await says(client);
    seen.add(first);
    for (let turn = 0; turn < 3; turn += 1) assert.equal(await says(client), first);
  }
  assert.deepEqual([...seen].toSorted(), ['a:hello', 'b:hello', 'c:hello']);
});

scenario('sticky socket.io holds over both of two workers, from the second request on', async (t) => {
  // Every request comes on a connection of its own, and so to either worker, right after the response before it.
  const url = await start(t, 'wire', ['sticky socket.io', 'option httpclose'], 'workers 2');
  const workers = new Set<string>();
  const poll = async (): Promise<void> => {
    const client = await connect(t, url, { transports: ['polling'] });
    const first = await says(client);
    assert.equal(await says(client), first);
    client.close();
  };
  for (let round = 0; round < 3; round += 1) await Promise.all(Array.from({ length: 6 }, poll));
  for (let count = 0; count < 24; count += 1) workers.add(String((await request(url)).headers['x-worker']));
  assert.deepEqual([...workers].toSorted(), ['1', '2']);
});

forEachEngine('with a cookie as well, clients that keep cookies come back to their server', async (t, engine) => {
  const url = await start(t, engine, ['sticky socket.io', 'cookie io insert indirect nocache httponly']);
  const first = await connect(t, url, { transports: ['polling'] });
  assert.match(await says(first), /:hello$/);
  const held = await connect(t, url, { transports: ['polling'], extraHeaders: { cookie: 'io=b' } });
  for (let turn = 0; turn < 3; turn += 1) assert.equal(await says(held), 'b:hello');
});

forEachEngine('without it, polling over three servers fails', async (t, engine) => {
  const url = await start(t, engine, ['balance roundrobin']);
  await assert.rejects(async () => {
    for (let turn = 0; turn < 3; turn += 1) await says(await connect(t, url, { transports: ['polling'] }));
  });
});
