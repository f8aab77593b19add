import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startApp } from '../../support/apps.ts';
import type { App } from '../../support/apps.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { request, sha256 } from '../../support/client.ts';
import { ENGINES, engineStatements } from '../../support/engines.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import type { Routing } from '../../support/routing.ts';
import { COLLECTING, SECONDS, SOAK_TIMEOUT, soak } from '../../support/soak.ts';
import { until } from '../../support/until.ts';

const UPGRADE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

/** The behaviour of one kind of client, repeated. */
type Visit = (t: TestContext, routing: Routing, agent: Agent) => Promise<void>;

const visits: Readonly<Record<string, Visit>> = {
  async keepAlive(_, { url }, agent) {
    const answer = await request(`${url}/page`, { agent });
    assert.ok([200, 502, 503, 504].includes(answer.status), String(answer.status));
  },
  async upload(_, { url }, agent) {
    const body = Buffer.alloc(100_000, 'u');
    const answer = await request(`${url}/upload`, { method: 'POST', body, agent });
    if (answer.status === 200) assert.equal(JSON.parse(answer.text).bodySha256, sha256(body));
  },
  async download(_, { url }) {
    const answer = await request(`${url}/bytes/300000`);
    if (answer.status === 200 && answer.complete) assert.equal(sha256(answer.body), answer.headers['x-sha256']);
  },
  async abort(t, { port }) {
    const client = await openRaw(t, port);
    client.send('GET /held HTTP/1.1\r\nHost: a\r\n\r\n');
    await pause(20);
    client.reset();
  },
  async abortUpload(t, { port }) {
    const client = await openRaw(t, port);
    client.send('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nhalf');
    await pause(20);
    client.socket.destroy();
  },
  async slowReader(t, { port }) {
    const client = await openRaw(t, port);
    client.socket.pause();
    client.send('GET /bytes/3000000 HTTP/1.1\r\nHost: a\r\n\r\n');
    await pause(300);
    client.socket.destroy();
  },
  async slowWriter(t, { port }) {
    const client = await openRaw(t, port);
    client.send('GET /slow HTTP/1.1\r\nHost: a\r\nX: ');
    await client.ended();
    client.socket.destroy();
  },
  async resetInAnswer(t, { port }) {
    const client = await openRaw(t, port);
    client.send('GET /bytes/300000 HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.expect(/^HTTP/).catch(() => undefined);
    client.reset();
  },
  async resetInTunnel(t, { port }) {
    const client = await openRaw(t, port);
    client.send(`GET /chat HTTP/1.1\r\nHost: a\r\n${UPGRADE}\r\n`);
    await client.expect('\r\n\r\n').catch(() => undefined);
    client.send('\x81\x85\0\0\0\0hello');
    client.reset();
  },
  async deniedAhead(t, { port }) {
    const client = await openRaw(t, port);
    client.send('GET /denied HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(80));
    await until('80 answers', () => client.ending !== undefined || client.text.split('HTTP/1.1 403').length > 80);
    client.reset();
  },
  async malformed(t, { port }) {
    const client = await openRaw(t, port);
    client.send('GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n');
    // 408 when a busy machine delays the bytes by more than the timeout.
    assert.match(await client.rest(), /^(HTTP\/1\.1 40[08] [^]*)?$/);
    client.socket.destroy();
  },
  async tunnel(t, { port }) {
    const client = await openRaw(t, port);
    client.send(`GET /chat HTTP/1.1\r\nHost: a\r\n${UPGRADE}\r\n`);
    await Promise.race([client.expect('\r\n\r\n').catch(() => undefined), pause(1000)]);
    client.send('\x81\x85\0\0\0\0hello');
    await pause(20);
    client.socket.destroy();
  },
};

for (const engine of ENGINES) {
  test(
    `${engine} engine: ${SECONDS} s of good, slow and dying clients and servers leak nothing`,
    { timeout: SOAK_TIMEOUT },
    async (t) => {
      const steady = await startApp(t, { name: 'steady' });
      let mortal: App = await startApp(t, { name: 'mortal' });
      const parts = {
        frontend: [
          ...engineStatements(engine),
          'timeout client 500ms',
          'timeout http-request 500ms',
          'http-request deny if { path /denied }',
        ],
        backend: [
          'option redispatch',
          'retries 2',
          'timeout server 500ms',
          'timeout tunnel 1s',
          'option httpchk',
          `server steady 127.0.0.1:${steady.port} check inter 200ms pool-purge-delay 500ms`,
          `server mortal 127.0.0.1:${mortal.port} check inter 200ms pool-purge-delay 500ms`,
        ],
      };
      const routing = await startRouting(t, 'router', parts, COLLECTING);
      await request(`${routing.url}/warm`);
      const agent = new Agent({ keepAlive: true, maxSockets: 8 });
      onCleanup(t, () => agent.destroy());
      await soak(t, {
        programs: { router: routing.process },
        visits: Object.fromEntries(
          Object.entries(visits).map(([name, visit]) => [name, () => visit(t, routing, agent)] as const),
        ),
        async meanwhile(running) {
          while (running()) {
            await pause(700);
            const { port } = mortal;
            await mortal.stop();
            await pause(300);
            mortal = await startApp(t, { name: 'mortal', port });
          }
          // The router's ends of its connections are counted when the soak is over.
          agent.destroy();
        },
      });
      // On a busy machine the checks may have marked the servers down.
      await until('a successful response', async () => (await request(`${routing.url}/after`)).status === 200);
      assert.equal((await routing.process.stop()).code, 0, 'nothing delays the exit of the process');
    },
  );
}
