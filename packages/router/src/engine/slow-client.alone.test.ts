import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { HTTP_ENGINES, startBench, type Bench } from './testing.ts';
import type { RawSocket } from '../../../../test/support/raw.ts';

/** Less than what makes Node say that it holds too much. */
const PIECE = 8000;

/** The server writes until a last piece waits in the engine's memory, because its client does not read. Returns how much it wrote. */
async function fill({ fronts, servers }: Bench): Promise<number> {
  const [front, server] = [fronts[0], servers[0]];
  assert.ok(front !== undefined && server !== undefined);
  for (let total = PIECE; ; total += PIECE) {
    const before = front.handle.bytesWritten;
    server.send('x'.repeat(PIECE));
    while (front.handle.bytesWritten === before) await new Promise(setImmediate);
    if (front.unsent > 0) return total;
  }
}

const ANSWER = ['GET / HTTP/1.0\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n'] as const;
const UPGRADE = 'Connection: Upgrade\r\nUpgrade: foo\r\n\r\n';
const TUNNEL = [`GET / HTTP/1.1\r\nHost: a\r\n${UPGRADE}`, `HTTP/1.1 101 Go\r\n${UPGRADE}`] as const;

/** A client that does not read what it is sent, and that ends with the connection. */
async function start(
  t: TestContext,
  engine: (typeof HTTP_ENGINES)[number],
  timeout: string,
  [request, head]: readonly [string, string] = ANSWER,
): Promise<{ bench: Bench; client: RawSocket; total: number }> {
  const bench = await startBench(t, ({ socket }) => socket.once('data', () => socket.write(head)), {
    engine,
    frontend: [`timeout client ${timeout}`],
  });
  const client = await bench.open();
  client.socket.pause();
  client.send(request);
  await bench.accepted(1);
  await bench.servers[0]?.expect(/\r\n\r\n/);
  const total = await fill(bench);
  bench.servers[0]?.socket.end();
  return { bench, client, total };
}

/** Resolves when the engine has cut off a client that was refused later and stayed: the time for lingering has passed. */
async function lingerPasses(bench: Bench): Promise<void> {
  const refused = await bench.open();
  refused.send('no request\r\n\r\n');
  await refused.expect(/^HTTP\/1\.1 400 /);
  const front = bench.fronts.at(-1);
  assert.ok(front !== undefined && !front.closed);
  while (!front.closed) await new Promise(setImmediate);
}

for (const engine of HTTP_ENGINES) {
  test(`${engine}: the last bytes of an answer until close wait for a client that is slow to take them`, async (t) => {
    const { bench, client, total } = await start(t, engine, '10s');
    await bench.serversLeft();
    await lingerPasses(bench);
    client.socket.resume();
    const text = await client.rest();
    assert.equal(text.length - text.indexOf('\r\n\r\n') - 4, total);
    await bench.logged(2);
    assert.deepEqual(
      bench.records.map(({ termination }) => termination),
      ['PR--', '----'],
    );
  });

  for (const [what, words] of Object.entries({ answer: ANSWER, tunnel: TUNNEL })) {
    test(`${engine}: when they are not taken in time, the ${what} does not look whole`, async (t) => {
      const { bench, client } = await start(t, engine, '300ms', words);
      let reset = false;
      client.socket.on('error', () => (reset = true));
      await bench.logged(1);
      assert.equal(bench.records[0]?.termination, 'cD--');
      client.socket.resume();
      await client.rest();
      assert.ok(reset);
    });
  }
}
