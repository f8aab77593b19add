import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type TLSSocket } from 'node:tls';
import type { TestContext } from 'node:test';
import { onCleanup } from '../../support/cleanup.ts';
import { request } from '../../support/client.ts';
import { freePort } from '../../support/ports.ts';
import { RawServer } from '../../support/raw.ts';
import { scenario } from '../../support/scenario.ts';
import { startTerminating } from '../../support/terminating.ts';
import { settled, until } from '../../support/until.ts';

scenario('SIGPWR: a new terminator takes over its ports, and sessions of before go on', (t) => takeOver(t, []));

scenario('SIGPWR: new workers of the terminator take over, and sessions with the old ones go on', (t) =>
  takeOver(t, ['workers = 2']),
);

async function takeOver(t: TestContext, global: readonly string[]): Promise<void> {
  const server = await RawServer.listen(t, (connection) => connection.socket.once('end', () => connection.end()));
  const metrics = await freePort();
  const {
    port,
    process: first,
    pidFile,
  } = await startTerminating(t, 'terminator', {
    connect: server.port,
    global: [`metrics = 127.0.0.1:${metrics}`, ...global],
  });
  const startTime = async (): Promise<string | undefined> =>
    /start_time_seconds (\d\S*)$/m.exec((await request(`http://127.0.0.1:${metrics}/metrics`)).text)?.[1];
  const firstStart = await startTime();
  assert.ok(firstStart !== undefined);
  const before = await visit(t, port);
  const pidNow = (): number => Number(readFileSync(pidFile, 'utf8'));
  // Before the first process is waited for: they share its standard error.
  onCleanup(t, () => void process.kill(pidNow(), 'SIGKILL'));
  let visiting = true;
  const visits = (async () => {
    let count = 0;
    for (; visiting; count += 1) (await visit(t, port)).end();
    return count;
  })();
  first.signal('SIGPWR');
  await first.says(/ handed over: headgate-terminator: process \d+ is serving on /);
  await until('the new pid file', () => pidNow() !== first.pid);
  await first.says(/stopping on SIGPWR: finishing open requests, without a deadline/);
  for (let scrape = 0; scrape < 10; scrape += 1) assert.notEqual(await startTime(), firstStart);
  before.write('still here');
  await (await server.next()).expect('still here');
  visiting = false;
  assert.ok((await visits) > 0);
  before.end();
  await first.says(/stopped: everything finished/);
  await visit(t, port);
}

/** Fails when the connection is refused or reset. */
async function visit(t: TestContext, port: number): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  onCleanup(t, () => void socket.destroy());
  await settled('the handshake', once(socket, 'secureConnect'));
  socket.on('error', () => {});
  return socket;
}
