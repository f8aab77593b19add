import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { isListening } from '../../support/ports.ts';
import { openRaw, RawServer } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { scenario } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { openTunnel } from '../../support/tunnel.ts';
import { until } from '../../support/until.ts';

scenario('SIGTERM: no new connection, the open answer is finished, idle connections end, exit code 0, no pid file', async (t) => {
  const app = await startApp(t);
  const pidFile = new TempDir(t).join('router.pid');
  const routing = await startRouting(t, 'router', { global: [`pidfile ${pidFile}`], backend: [`server one 127.0.0.1:${app.port}`] });
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
});

scenario('what is still open at hard-stop-after is cut, and the router ends', async (t) => {
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
