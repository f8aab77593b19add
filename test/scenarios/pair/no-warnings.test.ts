import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { startApp } from '../../support/apps.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { request } from '../../support/client.ts';
import type { ClientResponse } from '../../support/client.ts';
import { engineStatements } from '../../support/engines.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachEngine } from '../../support/scenario.ts';
import { startTerminating } from '../../support/terminating.ts';
import { settled } from '../../support/until.ts';

/** Enables every Node warning: documented deprecations, listener leaks, unhandled rejections. */
const env = {
  NODE_OPTIONS: '--trace-warnings --trace-deprecation --pending-deprecation --unhandled-rejections=strict',
};

forEachEngine('Node prints no warning through pages, a WebSocket, failures and a stop', async (t, engine) => {
  const app = await startApp(t);
  const routing = await startRouting(
    t,
    'router',
    {
      bind: 'accept-proxy',
      frontend: engineStatements(engine),
      backend: [`server s 127.0.0.1:${app.port}`, 'retries 0'],
    },
    { env },
  );
  const terminating = await startTerminating(
    t,
    'terminator',
    { connect: routing.port, service: ['protocol = proxy'] },
    { env },
  );
  const {
    port,
    certificates: { ca },
  } = terminating;
  const ask = (path: string, body?: string): Promise<ClientResponse> =>
    request(`https://127.0.0.1:${port}${path}`, { ca, ...(body !== undefined && { method: 'POST', body }) });

  for (let round = 0; round < 12; round += 1) assert.equal((await ask('/a')).status, 200);
  assert.equal((await ask('/b', 'x'.repeat(100_000))).status, 200);
  assert.equal((await ask('/bytes/500000')).body.length, 500_000);
  await echoed(t, `wss://127.0.0.1:${port}/chat`, ca);
  const noTls = await openRaw(t, port);
  noTls.send('hello\r\n\r\n');
  await noTls.ended();
  await app.stop();
  assert.equal((await ask('/c')).status, 503);

  for (const program of [terminating.process, routing.process]) {
    assert.deepEqual(await program.stop(), { code: 0, signal: null });
    assert.doesNotMatch(program.output, /\(node:\d+\)|Warning/);
  }
});

async function echoed(t: TestContext, url: string, ca: string): Promise<void> {
  const client = new WebSocket(url, { ca });
  onCleanup(t, () => client.terminate());
  await settled('the WebSocket to open', once(client, 'open'));
  const reply = once(client, 'message');
  client.send('hello');
  assert.equal(String((await settled('the echo', reply))[0]), 'hello');
  const closed = once(client, 'close');
  client.close(1000);
  await settled('the close', closed);
}
