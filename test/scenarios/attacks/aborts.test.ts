import assert from 'node:assert/strict';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { startAttacked } from '../../support/attacked.ts';
import { engineStatements } from '../../support/engines.ts';
import { RawServer, openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachEngine } from '../../support/scenario.ts';
import { openTunnel } from '../../support/tunnel.ts';
import { until } from '../../support/until.ts';

const HANDSHAKE =
  'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

forEachEngine('50 aborted requests leave no server connection open', async (t, engine) => {
  const app = await startApp(t);
  const { port, url } = await startRouting(t, 'router', {
    frontend: engineStatements(engine),
    backend: [`server one 127.0.0.1:${app.port}`],
  });
  const clients = await Promise.all(Array.from({ length: 50 }, () => openRaw(t, port)));
  for (const client of clients) client.send('GET /held HTTP/1.1\r\nHost: a\r\n\r\n');
  await until('50 requests', () => app.held === 50);
  for (const client of clients) client.reset();
  await until('no connection to the server', () => app.connections() === 0);
  assert.equal((await request(`${url}/alive`)).status, 200);
});

forEachEngine('a client that resets during its upload ends the upload', async (t, engine) => {
  const { port, server, process } = await startAttacked(t, engine, () => {});
  const client = await openRaw(t, port);
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nhalf');
  const connection = await server.next();
  await connection.expect('half');
  client.reset();
  await connection.ended();
  assert.ok(process.running);
});

forEachEngine('a reset during a WebSocket handshake does no harm', async (t, engine) => {
  const server = await RawServer.listen(t);
  const { port, process } = await startRouting(t, 'router', {
    frontend: engineStatements(engine),
    backend: [`server one 127.0.0.1:${server.port}`],
  });
  for (let i = 0; i < 10; i += 1) {
    const early = await openRaw(t, port);
    early.send(HANDSHAKE);
    early.reset();
    const late = await openRaw(t, port);
    late.send(HANDSHAKE);
    await until('the handshake at the server', () => server.open() > 0);
    late.reset();
    await until('no connection to the server', () => server.open() === 0);
  }
  assert.ok(process.running);
});

forEachEngine('a reset of either end of a tunnel ends the other, and the router survives', async (t, engine) => {
  const server = await RawServer.listen(t);
  const { port, process } = await startRouting(t, 'router', {
    frontend: engineStatements(engine),
    backend: ['timeout tunnel 1h', `server one 127.0.0.1:${server.port}`],
  });
  for (let i = 0; i < 5; i += 1) {
    const first = await openTunnel(t, port, server);
    first.client.reset();
    await first.server.ended();
    const second = await openTunnel(t, port, server);
    second.server.reset();
    await second.client.ended();
  }
  assert.ok(process.running);
});
