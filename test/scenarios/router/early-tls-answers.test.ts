/** A server over TLS that answers before it has the request, and resets the connection: its answer arrives. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:tls';
import { once } from 'node:events';
import { onCleanup } from '../../support/cleanup.ts';
import { engineStatements } from '../../support/engines.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachEngine } from '../../support/scenario.ts';
import { Authority } from '../../support/tls-origin.ts';

const UPLOADS = 10;
const SIZE = 8_000_000;

forEachEngine('an answer that a server gives during an upload, before it resets, is passed on', async (t, engine) => {
  const pem = readFileSync(new Authority(t).issue(['a.test']));
  const server = createServer({ key: pem, cert: pem }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.pause();
      const answer = 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlarge';
      // What it has not read makes the system send a reset.
      socket.write(answer, () => void socket.destroy());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanup(t, () => new Promise((resolve) => void server.close(() => resolve())));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const { port } = await startRouting(t, 'router', {
    frontend: engineStatements(engine),
    backend: [`server s 127.0.0.1:${address.port} ssl verify none`],
  });
  for (let upload = 0; upload < UPLOADS; upload += 1) {
    const client = await openRaw(t, port);
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${SIZE}\r\n\r\n`);
    client.send(Buffer.alloc(SIZE));
    await client.expect(/^HTTP\/1\.1 413 [^]*large$/);
    client.socket.destroy();
  }
});
