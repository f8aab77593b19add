import assert from 'node:assert/strict';
import { engineStatements } from '../../support/engines.ts';
import { freePort } from '../../support/ports.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachEngine } from '../../support/scenario.ts';

const UPGRADE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

const REQUESTS: Readonly<Record<string, string>> = {
  'a request': 'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'a WebSocket handshake': `GET / HTTP/1.1\r\nHost: a\r\n${UPGRADE}\r\n`,
};

for (const [what, bytes] of Object.entries(REQUESTS)) {
  forEachEngine(`${what} for a server that is down gets a complete 503, every time`, async (t, engine) => {
    const { port, process } = await startRouting(t, 'router', {
      frontend: engineStatements(engine),
      backend: ['retries 0', `server gone 127.0.0.1:${await freePort()}`],
    });
    for (let i = 0; i < 3; i += 1) {
      const client = await openRaw(t, port);
      client.send(bytes);
      await client.expect(/^HTTP\/1\.1 503 [^]*<\/html>\n$/);
      client.reset();
    }
    assert.ok(process.running);
  });
}
