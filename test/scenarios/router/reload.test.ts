/** SIGHUP: a new configuration in a running router, and what becomes of what it takes away. */
// oxlint-disable no-control-regex -- frames begin with control characters
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { engineStatements, type Engine } from '../../support/engines.ts';
import { freePort } from '../../support/ports.ts';
import { RawServer, openRaw } from '../../support/raw.ts';
import { startRouting, type Routing } from '../../support/routing.ts';
import { forEachEngine, scenario, together } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { openTunnel } from '../../support/tunnel.ts';

const CLOSE_TO_CLIENT = /\x88\x11\x03\xf4service restart$/;
const CLOSE_TO_SERVER = /\x88\x91[^]{21}$/;

/** Rewrites the configuration and sends SIGHUP. */
async function reload(routing: Routing, edit: (text: string) => string): Promise<void> {
  const text = readFileSync(routing.file, 'utf8');
  const edited = edit(text);
  assert.notEqual(edited, text);
  writeFileSync(routing.file, edited);
  routing.process.signal('SIGHUP');
}

function routed(t: TestContext, engine: Engine, port: number, global: readonly string[] = []): Promise<Routing> {
  return startRouting(t, 'router', {
    global: ['drain-timeout 100ms', ...global],
    frontend: engineStatements(engine),
    backend: [`server one 127.0.0.1:${port}`],
  });
}

/** A WebSocket server that repeats what it gets. */
async function webSockets(t: TestContext): Promise<{ server: WebSocketServer; port: number }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket) => socket.on('message', (data: Buffer) => socket.send(data.toString())));
  await once(server, 'listening');
  t.after(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

together('reloads', () => {
  scenario('a reload applies what changed, logs it, and a wrong file leaves everything as it was', async (t) => {
    const [one, two] = [await startApp(t, { name: 'one' }), await startApp(t, { name: 'two' })];
    const routing = await startRouting(t, 'router', { backend: [`server first 127.0.0.1:${one.port}`] });
    const kept = await openRaw(t, routing.port);
    kept.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await kept.expect(/one/);
    await reload(routing, (text) => text.replace(/server first.*/, `server second 127.0.0.1:${two.port}`));
    await routing.process.says(
      /notice reloaded on SIGHUP in \d+ ms: server added: apps\/second; server removed: apps\/first$/m,
    );
    kept.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await kept.expect(/one[^]*two/);

    await reload(routing, (text) => text.replace('default_backend apps', 'default_backend aps'));
    await routing.process.says(/ err \S+haproxy\.cfg:\d+:\d+: .*'aps'.*did you mean 'apps'\?$/m);
    await routing.process.says(/ err not reloaded on SIGHUP: the configuration before it serves on$/m);
    const taken = await RawServer.listen(t);
    await reload(routing, (text) =>
      text.replace('default_backend aps', `default_backend apps\n    bind 127.0.0.1:${taken.port}`),
    );
    await routing.process.says(
      / err \S+haproxy\.cfg:\d+:\d+: cannot listen on 127\.0\.0\.1:\d+: the address is already/m,
    );
    assert.match((await request(routing.url)).text, /two/);
  });

  scenario('a list that rules read is applied when it is replaced, the configuration is not', async (t) => {
    const app = await startApp(t);
    const list = new TempDir(t);
    const path = list.write('paths.lst', '/old\n');
    const routing = await startRouting(t, 'router', {
      frontend: [`http-request deny if { path -f ${path} }`],
      backend: [`server one 127.0.0.1:${app.port}`],
    });
    assert.equal((await request(`${routing.url}/new`)).status, 200);
    writeFileSync(routing.file, 'frontend unfinished\n');
    list.write('next.lst', '/new\n');
    renameSync(list.join('next.lst'), path);
    await routing.process.says(/reloaded on a change of \S+paths\.lst/);
    assert.equal((await request(`${routing.url}/new`)).status, 403);
    assert.equal((await request(`${routing.url}/old`)).status, 200);
  });

  scenario('health survives a reload: a server that is down stays down', async (t) => {
    const app = await startApp(t);
    const dead = await freePort();
    const routing = await startRouting(t, 'router', {
      backend: [`server up 127.0.0.1:${app.port}`, `server down 127.0.0.1:${dead} check inter 100 fall 1`],
    });
    await routing.process.says(/Server apps\/down is DOWN/);
    await reload(routing, (text) => text.replace('default_backend apps', 'default_backend apps\n    maxconn 77'));
    await routing.process.says(/reloaded on SIGHUP/);
    for (let n = 0; n < 4; n += 1) assert.equal((await request(routing.url)).status, 200);
    assert.equal(routing.process.stderr.match(/Server apps\/down is DOWN/g)?.length, 1);
  });

  forEachEngine('a WebSocket of a removed server ends with a Close frame to both ends', async (t, engine) => {
    const sockets = await webSockets(t);
    // Long enough for a message between the reload and the Close frame on a slow machine.
    const routing = await routed(t, engine, sockets.port, ['drain-timeout 3s']);
    const client = new WebSocket(`ws://127.0.0.1:${routing.port}/`);
    const [[server]] = [(await once(sockets.server, 'connection')) as [WebSocket], await once(client, 'open')];
    const closed = Promise.all([once(client, 'close'), once(server, 'close')]);
    const messages: string[] = [];
    client.on('message', (data: Buffer) => messages.push(data.toString()));
    await reload(routing, (text) => text.replace(/server one/, 'server other'));
    await routing.process.says(/reloaded/);
    client.send('still here');
    const [[code, reason], [serverCode]] = (await closed) as [[number, Buffer], [number]];
    assert.deepEqual([code, String(reason), serverCode], [1012, 'service restart', 1012]);
    assert.deepEqual(messages, ['still here']);
  });

  forEachEngine('a WebSocket whose server stays is not touched by a reload', async (t, engine) => {
    const sockets = await webSockets(t);
    const routing = await routed(t, engine, sockets.port);
    const client = new WebSocket(`ws://127.0.0.1:${routing.port}/`);
    t.after(() => client.terminate());
    await once(client, 'open');
    for (const extra of ['server two 127.0.0.1:1', 'option redispatch', '']) {
      const before = routing.process.stderr.match(/reloaded/g)?.length ?? 0;
      await reload(routing, (text) => text.replace(/(server one .*)[^]*$/, `$1\n    ${extra}\n`));
      await routing.process.says(new RegExp(`(?:reloaded[^]*){${before + 1}}`));
      client.send(`after ${extra}`);
      assert.equal(String((await once(client, 'message'))[0]), `after ${extra}`);
    }
  });

  forEachEngine('a Close frame waits for the end of a message from the client', async (t, engine) => {
    const backend = await RawServer.listen(t);
    const routing = await routed(t, engine, backend.port);
    const { client, server } = await openTunnel(t, routing.port, backend);
    client.send('\x01\x83aaaa123');
    await server.expect('\x01\x83aaaa123');
    await reload(routing, (text) => text.replace(/server one/, 'server other'));
    await client.expect(CLOSE_TO_CLIENT);
    client.send('\x89\x80bbbb');
    await server.expect('\x89\x80bbbb');
    client.send('\x80\x81aaaa4\x81\x81cccc5');
    await server.expect(CLOSE_TO_SERVER);
    assert.match(server.text, /aaaa4\x88\x91[^]{21}$/);
    client.send('\x88\x80dddd');
    server.send('\x88\x00');
    await Promise.all([client.ended(), server.ended()]);
    await routing.syslog.message(/ apps\/one .* 101 .* K/);
  });

  forEachEngine('a Close frame waits for the end of a message from the server', async (t, engine) => {
    const backend = await RawServer.listen(t);
    const routing = await routed(t, engine, backend.port);
    const { client, server } = await openTunnel(t, routing.port, backend);
    server.send('\x82\x04ab');
    await client.expect(/\x82\x04ab$/);
    await reload(routing, (text) => text.replace(/server one/, 'server other'));
    await server.expect(CLOSE_TO_SERVER);
    server.send('cd\x82\x01e');
    await client.expect(CLOSE_TO_CLIENT);
    assert.match(client.text, /\x82\x04abcd\x88\x11/);
    await Promise.all([client.ended(), server.ended()]);
  });

  forEachEngine('a message that never ends does not keep a tunnel of a removed server', async (t, engine) => {
    const backend = await RawServer.listen(t);
    const routing = await routed(t, engine, backend.port);
    const { client, server } = await openTunnel(t, routing.port, backend);
    client.send('\x81\xfe\xff\xffaaaa');
    await server.expect('aaaa');
    await reload(routing, (text) => text.replace(/server one/, 'server other'));
    await Promise.all([client.ended(), server.ended()]);
    assert.doesNotMatch(server.text, CLOSE_TO_SERVER);
    assert.match(client.text, CLOSE_TO_CLIENT);
  });

  forEachEngine('a tunnel that is no WebSocket is closed after drain-timeout', async (t, engine) => {
    const backend = await RawServer.listen(t);
    const routing = await routed(t, engine, backend.port);
    const client = await openRaw(t, routing.port);
    client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n');
    const server = await backend.next();
    await server.expect('\r\n\r\n');
    server.send('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\nhello');
    await client.expect(/hello$/);
    await reload(routing, (text) => text.replace(/server one/, 'server other'));
    await Promise.all([client.ended(), server.ended()]);
    assert.match(client.text, /hello$/);
  });

  forEachEngine('a WebSocket of a removed frontend ends with a Close frame', async (t, engine) => {
    const sockets = await webSockets(t);
    const routing = await routed(t, engine, sockets.port);
    const client = new WebSocket(`ws://127.0.0.1:${routing.port}/`);
    await once(client, 'open');
    const closed = once(client, 'close');
    await reload(routing, (text) => text.replace('frontend front', 'frontend other'));
    assert.equal((await closed)[0], 1012);
  });

  forEachEngine('a stop tells WebSockets to come back, before its deadline', async (t, engine) => {
    const sockets = await webSockets(t);
    const routing = await routed(t, engine, sockets.port, ['hard-stop-after 1s']);
    const client = new WebSocket(`ws://127.0.0.1:${routing.port}/`);
    await once(client, 'open');
    const closed = once(client, 'close');
    routing.process.signal('SIGTERM');
    assert.equal((await closed)[0], 1012);
    assert.deepEqual(await routing.process.exited, { code: 0, signal: null });
    assert.match(routing.process.stderr, /stopped: everything finished\n$/);
  });

  scenario('a second signal still says goodbye to WebSockets', async (t) => {
    const sockets = await webSockets(t);
    const routing = await routed(t, 'wire', sockets.port);
    const client = new WebSocket(`ws://127.0.0.1:${routing.port}/`);
    await once(client, 'open');
    const closed = once(client, 'close');
    routing.process.signal('SIGTERM');
    await routing.process.says(/stopping on SIGTERM/);
    routing.process.signal('SIGTERM');
    assert.equal((await closed)[0], 1012);
    assert.deepEqual(await routing.process.exited, { code: 143, signal: null });
  });
});
