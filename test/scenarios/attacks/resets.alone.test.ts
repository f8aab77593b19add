import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { engineStatements } from '../../support/engines.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachEngine } from '../../support/scenario.ts';
import { socketsOf } from '../../support/sockets.ts';
import { until } from '../../support/until.ts';

const ROUNDS = 5;
const CLIENTS = 60;

/** What a client has sent when it resets; each is also truncated somewhere. */
const SPOKEN = [
  'GET /page HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /bytes/300000 HTTP/1.1\r\nHost: a\r\n\r\n',
  `POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n${'u'.repeat(60_000)}`,
  `POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${'5\r\nhello\r\n'.repeat(500)}`,
  'GET /denied HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(300),
  'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\nfor the tunnel',
];

/** The same random numbers in every run. */
function* numbers(): Generator<number, never> {
  for (let seed = 1; ;) {
    seed = (seed * 48_271) % 2_147_483_647;
    yield seed / 2_147_483_647;
  }
}

forEachEngine(`${ROUNDS * CLIENTS} clients that reset at any moment leave no socket open`, async (t, engine) => {
  const app = await startApp(t);
  const { port, url, process } = await startRouting(t, 'router', {
    frontend: [...engineStatements(engine), 'http-request deny if { path /denied }', 'timeout client 1h'],
    backend: ['timeout server 1h', 'timeout tunnel 1h', `server one 127.0.0.1:${app.port} pool-purge-delay 100ms`],
  });
  await request(`${url}/warm`);
  await until('no connection to the server', () => app.connections() === 0);
  const before = await socketsOf(process.pid);
  const random = numbers();
  for (let round = 0; round < ROUNDS; round += 1) {
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => openRaw(t, port)));
    await Promise.all(
      clients.map(async (client, index) => {
        // Unread responses make the reset surface in our write or in our read.
        if (random.next().value < 0.5) client.socket.pause();
        const spoken = SPOKEN[index % SPOKEN.length] ?? '';
        client.send(
          random.next().value < 0.5 ? spoken : spoken.slice(0, Math.ceil(random.next().value * spoken.length)),
        );
        const answered =
          random.next().value < 0.4 ? Promise.race([client.expect(/^HTTP/).catch(() => ''), pause(300)]) : undefined;
        await answered;
        for (let turns = random.next().value * 20; turns > 0; turns -= 1)
          await new Promise((resolve) => setImmediate(resolve));
        if (random.next().value < 0.8) client.reset();
        else client.socket.destroy();
      }),
    );
  }
  await until(`${before} sockets, as before`, async () => (await socketsOf(process.pid)) <= before, 15_000);
  assert.equal((await request(`${url}/alive`)).status, 200);
  assert.ok(process.running);
});
