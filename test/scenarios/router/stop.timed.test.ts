import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { engineStatements } from '../../support/engines.ts';
import { Origin } from '../../support/origin.ts';
import { freePort, isListening } from '../../support/ports.ts';
import { TestProcess } from '../../support/process.ts';
import { commandLine } from '../../support/programs.ts';
import { openRaw, RawServer } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachEngine, scenario } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { openTunnel } from '../../support/tunnel.ts';
import { settled, until } from '../../support/until.ts';

scenario(
  'SIGTERM: no new connections, the open response is finished, idle connections end, exit code 0, no pid file',
  async (t) => {
    const app = await startApp(t);
    const pidFile = new TempDir(t).join('router.pid');
    const routing = await startRouting(t, 'router', {
      global: [`pidfile ${pidFile}`],
      backend: [`server one 127.0.0.1:${app.port}`],
    });
    await until('the pid file', () => existsSync(pidFile));
    assert.equal(readFileSync(pidFile, 'utf8'), `${routing.process.pid}\n`);
    const idle = await openRaw(t, routing.port);
    idle.send('GET /204 HTTP/1.1\r\nHost: a\r\n\r\n');
    await idle.expect('\r\n\r\n');
    const open = request(`${routing.url}/held`);
    await until('the request', () => app.held === 1);

    routing.process.signal('SIGTERM');
    await idle.ended();
    await until('the port to be free', async () => !(await isListening(routing.port)));
    assert.ok(routing.process.running);
    app.release();
    const answer = await open;
    assert.equal(answer.text, 'app released');
    assert.equal(answer.headers.connection, 'close');
    assert.deepEqual(await routing.process.exited, { code: 0, signal: null });
    assert.equal(existsSync(pidFile), false);
  },
);

scenario('connections still open at hard-stop-after are cut, and the router ends', async (t) => {
  const server = await RawServer.listen(t);
  const routing = await startRouting(t, 'router', {
    global: ['hard-stop-after 300ms'],
    backend: ['timeout tunnel 1h', `server one 127.0.0.1:${server.port}`],
  });
  const tunnel = await openTunnel(t, routing.port, server);
  routing.process.signal('SIGTERM');
  await tunnel.client.ended();
  await tunnel.server.ended();
  assert.deepEqual(await routing.process.exited, { code: 0, signal: null });
});

forEachEngine('a stop in the middle of a response closes the connection after it', async (t, engine) => {
  const origin = await Origin.listen(t);
  origin.replies.set('/half', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab');
  const routing = await startRouting(t, 'router', {
    frontend: engineStatements(engine),
    backend: [`server one 127.0.0.1:${origin.port}`],
  });
  const client = await openRaw(t, routing.port);
  client.send('GET /half HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.expect(/ab$/);
  routing.process.signal('SIGTERM');
  await routing.process.says(/stopping on SIGTERM/);
  origin.to('/half')[0]?.connection.send('cd');
  assert.match(await client.rest(), /abcd$/);
  client.end();
  assert.deepEqual(await routing.process.exited, { code: 0, signal: null });
});

scenario('a log receiver that stopped reading does not delay shutdown', async (t) => {
  const app = await startApp(t);
  const dir = new TempDir(t);
  const fifo = dir.join('log');
  await promisify(execFile)('mkfifo', [fifo]);
  const port = await freePort();
  const file = dir.write(
    'haproxy.cfg',
    [
      'defaults',
      '  mode http',
      '  log stdout format raw local0',
      '  option httplog',
      '  timeout connect 1s',
      '  timeout client 1s',
      '  timeout server 1s',
      'frontend front',
      `  bind 127.0.0.1:${port}`,
      '  default_backend apps',
      'backend apps',
      `  server one 127.0.0.1:${app.port}`,
      '',
    ].join('\n'),
  );
  // Opened for reading and writing, so that opening does not block; never read.
  const router = new TestProcess(t, 'sh', ['-c', `exec "$0" "$@" 1<>${fifo}`, ...commandLine('router', file)]);
  await router.ready([port]);
  const client = await openRaw(t, port);
  client.send(`GET /${'x'.repeat(900)} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(200));
  await until('all answers', () => client.text.match(/HTTP\/1\.1 200/g)?.length === 200);
  client.socket.destroy();
  router.signal('SIGTERM');
  assert.deepEqual(await settled('the end', router.exited), { code: 0, signal: null });
});
