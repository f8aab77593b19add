import assert from 'node:assert/strict';
import { engineStatements } from '../../support/engines.ts';
import { RawServer } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachEngine, forEachRouter } from '../../support/scenario.ts';
import { openTunnel } from '../../support/tunnel.ts';
import type { Tunnel } from '../../support/tunnel.ts';
import { until } from '../../support/until.ts';

const COUNT = 20;

/** actconn/feconn of the lines of tunnels, in their order. */
function counts(messages: readonly string[]): readonly string[] {
  return messages.flatMap((line) => / (\d+\/\d+)\/\d+\/\d+\/0 0\/0 "GET \/chat /.exec(line)?.[1] ?? []);
}

async function check(t: Parameters<typeof startRouting>[0], ...start: Tail): Promise<void> {
  const [router, frontend] = start;
  const server = await RawServer.listen(t);
  const { port, syslog } = await startRouting(t, router, {
    // Of two threads of HAProxy, each may log before the other has counted down.
    global: ['nbthread 1'],
    frontend,
    backend: [`server one 127.0.0.1:${server.port}`],
  });
  const tunnels: Tunnel[] = [];
  for (let count = 0; count < COUNT; count += 1) tunnels.push(await openTunnel(t, port, server));
  const one = tunnels.pop();
  one?.client.reset();
  await until('the first line', () => counts(syslog.messages()).length === 1);
  for (const { client } of tunnels) client.reset();
  await until('all lines', () => counts(syslog.messages()).length === COUNT);
  const expected = Array.from({ length: COUNT }, (_, index) => `${COUNT - index}/${COUNT - index}`);
  assert.deepEqual(counts(syslog.messages()), expected);
}

type Tail = readonly [router: 'haproxy' | 'router', frontend: readonly string[]];

forEachRouter('the log line of a closing connection still counts that connection', (t, router) => check(t, router, []));

forEachEngine('connections that close together are counted down one by one in their log lines', (t, engine) =>
  check(t, 'router', engineStatements(engine)),
);
