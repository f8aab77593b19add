import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:tls';
import type { TestContext } from 'node:test';
import { onCleanup } from '../../support/cleanup.ts';
import { RawServer } from '../../support/raw.ts';
import { missing } from '../../support/programs.ts';
import { forEachTerminator, scenario } from '../../support/scenario.ts';
import { startTerminating } from '../../support/terminating.ts';
import { prepareFlood } from '../../support/tls-flood.ts';
import { startHaproxyTls } from '../../support/tls-haproxy.ts';
import { tlsLatencyDuring } from '../../support/tls-latency.ts';
import { settled, until } from '../../support/until.ts';

const ATTACKERS = 2;
/** Those that send key updates. */
const UPDATERS = 3;
const UPDATES = 6000;
const RECORDS = 10_000;

/** Answers `?`, and reads everything else silently. */
function listen(t: TestContext): Promise<RawServer> {
  return RawServer.listen(t, ({ socket }) => {
    socket.on('data', (bytes: Buffer) => bytes.includes('?') && socket.write('!'));
  });
}

/** An innocent client: it connects, asks, and must be answered within a tolerable time. */
async function visit(t: TestContext, port: number): Promise<void> {
  const client = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  onCleanup(t, () => void client.destroy());
  client.on('error', () => {});
  await settled('the handshake of a client during the attack', once(client, 'secureConnect'));
  client.write('?');
  await settled('the answer to a client during the attack', once(client, 'data'));
  client.destroy();
}

forEachTerminator(
  'clients that send bursts of one-byte records are served, and so are others meanwhile',
  async (t, terminator) => {
    const server = await listen(t);
    const { port } = await startTerminating(t, terminator, { connect: server.port }, { stopWith: 'SIGKILL' });
    const floods = await Promise.all(Array.from({ length: ATTACKERS }, () => prepareFlood(t, port, 'bytes', RECORDS)));
    for (const flood of floods) flood();
    await visit(t, port);
    await until(
      'all bytes of the bursts',
      () => server.connections.filter(({ bytes }) => bytes.length === RECORDS).length === ATTACKERS,
      20_000,
    );
  },
);

for (const flood of ['key-updates', 'key-updates-both-ways'] as const) {
  const answered = flood === 'key-updates' ? '' : ' that request one each';
  scenario(
    `clients that send only key updates${answered} are cut off, and others wait less than at HAProxy`,
    async (t) => {
      const server = await listen(t);
      const attack = { flood, attackers: UPDATERS, records: UPDATES, during: 600 };
      const kill = { stopWith: 'SIGKILL' } as const;
      const { port, process } = await startTerminating(t, 'terminator', { connect: server.port }, kill);
      const ours = await tlsLatencyDuring(t, { port, ...attack });
      const cut = (): number => process.stderr.split('\n').filter((line) => line.includes('CLIENT_BARREN')).length;
      await until('the log lines of the clients cut off', () => cut() === UPDATERS, 20_000);
      assert.ok(process.running);
      assert.ok(ours !== undefined, 'others are served');
      if (missing('haproxy') !== false) return;
      const haproxy = await startHaproxyTls(t, server.port, kill);
      const theirs = await tlsLatencyDuring(t, { port: haproxy.port, ...attack });
      t.diagnostic(`slowest of others: ${ours.slowest.toFixed()} ms, at HAProxy ${theirs?.slowest.toFixed()} ms`);
      // A sixth of it on a quiet machine.
      assert.ok(theirs === undefined || ours.slowest < theirs.slowest);
    },
  );
}
