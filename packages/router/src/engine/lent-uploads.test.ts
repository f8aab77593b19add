import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { HTTP_ENGINES, startBench } from './testing.ts';
import type { RawSocket } from '../../../../test/support/raw.ts';

/** More than the kernel takes for a server that does not read, so that the rest waits in memory here. */
const LARGE = 12_000_000;
const CLIENTS = ['a', 'b', 'c'];
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

/** Each upload is of one letter: a byte of another client's, or one read over, shows. */
function assertOnly(letter: string, { text }: RawSocket): void {
  const body = text.slice(text.indexOf('\r\n\r\n') + 4);
  assert.equal(body.length, LARGE);
  assert.equal(body.search(new RegExp(`[^${letter}]`)), -1);
}

for (const engine of HTTP_ENGINES) {
  for (const kind of ['body', 'tunnel'] as const) {
    test(`${engine}: a ${kind} that waits for its server keeps its bytes while others are read`, async (t) => {
      const bench = await startBench(t, ({ socket }) => socket.pause(), { engine });
      const clients = [];
      for (const letter of CLIENTS) {
        const client = await bench.open();
        clients.push({ letter, client });
        if (kind === 'tunnel') client.send('GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n');
        else client.send(`POST /${letter} HTTP/1.1\r\nHost: a\r\nContent-Length: ${LARGE}\r\n\r\n`);
        await bench.accepted(clients.length);
        const server = bench.servers.at(-1);
        if (kind === 'tunnel') server?.send('HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n');
        if (kind === 'tunnel') await client.expect(/101/);
      }
      for (let sent = 0; sent < LARGE; sent += 60_000)
        for (const { letter, client } of clients) client.send(letter.repeat(60_000));
      // Every upload has come to a halt, and what reads now reads into memory that was lent before.
      const quiet = await bench.open();
      quiet.send('GET / HTTP/1.1\r\nHost: q');
      for (const { socket } of bench.servers) socket.resume();
      for (const [index, { letter }] of clients.entries()) {
        const server = bench.servers[index];
        assert.ok(server !== undefined);
        while (server.text.length < LARGE) await once(server.socket, 'data');
        while (!server.text.endsWith(letter) || server.text.length - server.text.indexOf('\r\n\r\n') - 4 < LARGE)
          await once(server.socket, 'data');
        assertOnly(letter, server);
      }
    });
  }
}

test('wire: what came ahead of time is there when its turn comes, whatever was read since', async (t) => {
  const bench = await startBench(t, () => undefined, { engine: 'wire' });
  const [early, other] = [await bench.open(), await bench.open()];
  early.send('GET /one HTTP/1.1\r\nHost: a\r\n\r\nPOST /two HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody');
  await bench.accepted(1);
  await bench.servers[0]?.expect(/one/);
  other.send(`GET /${'z'.repeat(300)} HTTP/1.1\r\nHost: b\r\n\r\n`);
  await bench.accepted(2);
  await bench.servers[1]?.expect(/zzz/);
  bench.servers[0]?.send(OK);
  await bench.servers[0]?.expect(/POST \/two HTTP\/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody$/);
});

test('wire: a head in two pieces is not changed by what others send between them', async (t) => {
  const bench = await startBench(t, () => undefined, { engine: 'wire' });
  const [slow, other] = [await bench.open(), await bench.open()];
  slow.send('GET /slow HTTP/1.1\r\nHost: a\r\n');
  other.send(`GET /${'z'.repeat(300)} HTTP/1.1\r\nHost: b\r\n\r\n`);
  await bench.accepted(1);
  await bench.servers[0]?.expect(/zzz/);
  slow.send('\r\n');
  await bench.accepted(2);
  await bench.servers[1]?.expect(/^GET \/slow HTTP\/1.1\r\nHost: a\r\n\r\n$/);
});

test('wire: a small body can be sent again to another connection, whatever was read since', async (t) => {
  let first = true;
  const bench = await startBench(
    t,
    (connection) => {
      if (!first) return;
      first = false;
      connection.socket.once('data', () => undefined);
    },
    { engine: 'wire', backend: ['retry-on all-retryable-errors', 'retries 1'] },
  );
  const [client, other] = [await bench.open(), await bench.open()];
  client.send('POST /one HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody');
  await bench.accepted(1);
  await bench.servers[0]?.expect(/body$/);
  other.send(`GET /${'z'.repeat(300)} HTTP/1.1\r\nHost: b\r\n\r\n`);
  await bench.accepted(2);
  await bench.servers[1]?.expect(/zzz/);
  bench.servers[0]?.socket.destroy();
  await bench.accepted(3);
  await bench.servers[2]?.expect(/body$/);
});
