import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as tcpConnect, type Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { connect as tlsConnect, type TLSSocket } from 'node:tls';
import { listen } from '../../../../test/support/tcp.ts';
import type { Lines } from '../service/fixtures/lines.ts';
import { readBytes, serviceOf, tcp } from '../service/fixtures/service.ts';
import { runtimeOf, snapshotOf } from './fixtures/runtime.ts';
import type { TerminatorRuntime } from './terminator-runtime.ts';

const at = { file: 'test', line: 1, column: 1 };
const timeouts = { busy: 10_000, connect: 10_000, idle: 400, close: 10_000 };

interface Stage {
  readonly runtime: TerminatorRuntime;
  readonly lines: Lines;
  /** Applies the same services again. */
  readonly reload: () => Promise<void>;
  /** A connection that has not said yet which name it requests. */
  readonly knock: () => Promise<Socket>;
}

/** A service on an address, and one that gets what requests shop.test there; their server echoes. */
async function start(t: TestContext): Promise<Stage> {
  const { port: server } = await listen(t, (socket) => {
    socket.on('data', (bytes) => socket.write(bytes));
    socket.on('end', () => socket.end());
  });
  const connects = [tcp(server)];
  const primary = serviceOf({
    connects,
    accepts: [{ kind: 'tcp', at, host: '127.0.0.1', port: 0 }],
    secondaries: [{ service: 'shop', pattern: 'shop.test' }],
  });
  const { runtime, lines } = runtimeOf(t);
  const reload = (): Promise<void> =>
    runtime.apply(snapshotOf(primary, serviceOf({ name: 'shop', connects, accepts: [], timeouts })));
  await reload();
  const port = Number(runtime.addresses[0]?.split(':')[1]);
  const knock = async (): Promise<Socket> => {
    const socket = tcpConnect(port, '127.0.0.1');
    t.after(() => socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  return { runtime, lines, reload, knock };
}

async function secure(socket: Socket): Promise<TLSSocket> {
  const client = tlsConnect({ socket, servername: 'shop.test', rejectUnauthorized: false });
  client.on('error', () => {});
  await once(client, 'secureConnect');
  client.write('hello');
  assert.equal((await readBytes(client, 5)).toString(), 'hello');
  return client;
}

test('timeouts of a replaced service hold for those that were accepted before and request its name after', async (t) => {
  const { lines, reload, knock } = await start(t);
  const socket = await knock();
  await reload();
  await secure(socket);
  await lines.find('IDLE_TIMEOUT');
});

test('a stop waits for those that request the name of another service while it has begun', async (t) => {
  const { runtime, knock } = await start(t);
  const socket = await knock();
  let ended = false;
  const stopped = runtime.drain().then(() => (ended = true));
  const client = await secure(socket);
  assert.equal(ended, false);
  client.destroy();
  await stopped;
});
