/** Servers that fail in their own ways, and one half of the pair that is away. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import { startApp } from '../../support/apps.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { request } from '../../support/client.ts';
import { freePort } from '../../support/ports.ts';
import { startProgram } from '../../support/programs.ts';
import { openRaw, portOf } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter, scenario } from '../../support/scenario.ts';
import { startTerminating } from '../../support/terminating.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

forEachRouter(
  'a server that accepts and never answers: a 504 in time, and its checks take it out',
  async (t, router) => {
    const app = await startApp(t, { name: 'one' });
    const silent = await silentServer(t);
    const { url, port } = await startRouting(t, router, {
      defaults: ['timeout server 300ms', 'timeout check 200ms'],
      backend: [
        'option httpchk GET /',
        `server silent 127.0.0.1:${silent} check inter 200ms fall 2`,
        `server one 127.0.0.1:${app.port} check inter 200ms backup`,
      ],
    });
    const client = await openRaw(t, port);
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await until('an answer', () => /^HTTP\/1\.[01] (?:504|200) /.test(client.text));
    await until('the other server', async () => (await request(url)).status === 200);
  },
);

scenario('one half is away: a visitor waits for the length of a restart, and is served', async (t) => {
  const app = await startApp(t, { name: 'one' });
  const http = await freePort();
  const file = new TempDir(t).write(
    'haproxy.cfg',
    `defaults\n mode http\n timeout client 1m\n timeout server 1m\n timeout connect 5s\nfrontend web\n bind 127.0.0.1:${http}\n` +
      ` default_backend apps\nbackend apps\n server one 127.0.0.1:${app.port}\n`,
  );
  const { port, certificates } = await startTerminating(t, 'terminator', { connect: http });
  const visit = (): Promise<{ readonly status: number }> =>
    request(`https://127.0.0.1:${port}/`, { ca: certificates.ca, servername: 'localhost' });
  const first = await startProgram(t, 'router', file, [http]);
  assert.equal((await visit()).status, 200);
  first.signal('SIGKILL');
  await first.exited;
  const waiting = visit();
  await pause(200);
  await startProgram(t, 'router', file, [http]);
  assert.equal((await waiting).status, 200);
});

scenario('one half stays away: a page that says so, with 503, and the other goes on', async (t) => {
  const { port, certificates, process } = await startTerminating(t, 'terminator', {
    connect: await freePort(),
    service: ['TIMEOUTconnect = 1'],
  });
  const answer = await request(`https://127.0.0.1:${port}/`, { ca: certificates.ca, servername: 'localhost' });
  assert.deepEqual([answer.status, answer.headers['retry-after']], [503, '5']);
  assert.match(answer.text, /Nothing answers/);
  assert.ok(process.running);
});

/** A port that accepts connections and says nothing. */
async function silentServer(t: TestContext): Promise<number> {
  const server = createServer((socket) => void socket.on('error', () => {}).resume());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanup(t, () => void server.close());
  return portOf(server.address());
}
