import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent } from 'node:https';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { echoOf, startApp } from '../../support/apps.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { request, sha256 } from '../../support/client.ts';
import { leaveEarly } from '../../support/leavers.ts';
import { startRouting } from '../../support/routing.ts';
import { scenario } from '../../support/scenario.ts';
import { COLLECTING, SECONDS, SOAK_TIMEOUT, soak } from '../../support/soak.ts';
import { startTerminating } from '../../support/terminating.ts';
import { prepareFlood, sendInOneByteRecords } from '../../support/tls-flood.ts';
import { until } from '../../support/until.ts';

/** A request that is read byte by byte in TLS records, beside a burst of records that are no request. */
async function oneByteRecords(t: TestContext, port: number): Promise<void> {
  const flood = await prepareFlood(t, port, 'bytes', 2000);
  const client = await sendInOneByteRecords(
    t,
    port,
    'GET /one-by-one HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  );
  flood();
  let text = '';
  client.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
  await once(client, 'close');
  assert.match(text, /^HTTP\/1\.1 200 [^]*"url":"\/one-by-one"/);
}

scenario(
  `${SECONDS} s of good clients, resets and one-byte records leave no descriptor open in the pair`,
  async (t) => {
    const app = await startApp(t);
    const routed = {
      bind: 'accept-proxy',
      frontend: ['timeout client 2s', 'timeout http-request 2s'],
      backend: ['timeout tunnel 2s', `server one 127.0.0.1:${app.port} pool-purge-delay 500ms`],
    };
    const routing = await startRouting(t, 'router', routed, COLLECTING);
    const terminated = {
      connect: routing.port,
      service: ['protocol = proxy', 'TIMEOUTclose = 1', 'TIMEOUTidle = 5'],
    };
    const { port, process: terminator } = await startTerminating(t, 'terminator', terminated, COLLECTING);
    const url = `https://127.0.0.1:${port}`;
    const agent = new Agent({ keepAlive: true, maxSockets: 8, rejectUnauthorized: false });
    onCleanup(t, () => agent.destroy());
    const fresh = new Agent({ rejectUnauthorized: false });
    const body = Buffer.alloc(100_000, 'u');
    let left = 0;
    assert.equal((await request(`${url}/warm`, { agent: fresh })).status, 200);

    await soak(t, {
      programs: { router: routing.process, terminator },
      visits: {
        async keepAlive() {
          assert.equal((await request(`${url}/page`, { agent })).status, 200);
        },
        async upload() {
          const answer = await request(`${url}/upload`, { method: 'POST', body, agent: fresh });
          assert.equal(echoOf(answer).bodySha256, sha256(body));
        },
        async download() {
          const answer = await request(`${url}/bytes/300000`, { agent: fresh });
          assert.equal(sha256(answer.body), answer.headers['x-sha256']);
        },
        leave: () => leaveEarly(t, port, (left += 1)),
        oneByteRecords: () => oneByteRecords(t, port),
        async webSocket() {
          const client = new WebSocket(`wss://127.0.0.1:${port}/chat`, { rejectUnauthorized: false });
          onCleanup(t, () => client.terminate());
          await once(client, 'open');
          client.send('hello');
          const [data] = await once(client, 'message');
          assert.equal(String(data), 'hello');
          client.terminate();
        },
      },
      meanwhile: async (running) => {
        await until('the end', () => !running(), SECONDS * 1000);
        agent.destroy();
      },
    });
    assert.equal((await request(`${url}/after`, { agent: fresh })).status, 200);
    assert.equal((await terminator.stop()).code, 0, 'nothing delays the exit of the terminator');
    assert.equal((await routing.process.stop()).code, 0, 'nothing delays the exit of the router');
  },
  SOAK_TIMEOUT,
);
