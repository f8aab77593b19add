import assert from 'node:assert/strict';
import test from 'node:test';
import { flood, stalled } from '../../attack-table/floods.ts';
import { openRaw, RawServer } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { COLLECTING, collected } from '../../support/soak.ts';
import { until } from '../../support/until.ts';

const CLIENTS = 40;
/** Two reads that wait, of 64 KiB each at most, and what belongs to a connection. A third would be too many. */
const MOST = (2 * 64 + 16) * 1024;

test('a client that reads nothing of its response keeps no more than what waits for it', async (t) => {
  const server = await RawServer.listen(t, (connection) => {
    flood(connection.socket, 'x'.repeat(65_536), 'HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n');
  });
  const { port, process } = await startRouting(
    t,
    'router',
    { backend: [`server one 127.0.0.1:${server.port}`] },
    COLLECTING,
  );
  const before = await collected(process);
  for (let count = 0; count < CLIENTS; count += 1) {
    const client = await openRaw(t, port);
    client.socket.pause();
    client.send('GET /endless HTTP/1.1\r\nHost: a\r\n\r\n');
  }
  await until('all requests', () => server.connections.length === CLIENTS);
  await Promise.all(server.connections.map(({ socket }) => stalled(socket)));
  const { used } = await collected(process);
  const each = Math.round((used - before.used) / CLIENTS);
  t.diagnostic(`${Math.round(each / 1024)} kB for each`);
  assert.ok(each < MOST, `${each} bytes for each`);
});
