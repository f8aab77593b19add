import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { engineStatements } from '../../support/engines.ts';
import { openRaw, RawServer } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachEngine } from '../../support/scenario.ts';

const UPGRADE = 'GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: bytes\r\n\r\n';
const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: bytes\r\n\r\n';

// HAProxy 2.6 drops what its client sends after the server's end.
forEachEngine(
  'a tunnel delivers all that its client sent, although the server has ended long before',
  async (t, engine) => {
    const server = await RawServer.listen(t);
    const { port } = await startRouting(t, 'router', {
      frontend: engineStatements(engine),
      backend: [`server s1 127.0.0.1:${server.port}`],
    });
    const upload = randomBytes(8 * 1024 * 1024);
    const client = await openRaw(t, port);
    client.send(UPGRADE);
    const accepted = await server.next();
    await accepted.expect('\r\n\r\n');
    const head = accepted.count;
    accepted.send(SWITCHED);
    await client.expect('\r\n\r\n');
    // A server that reads nothing for now: the upload fills every buffer on its way.
    accepted.socket.pause();
    accepted.end();
    client.send(upload);
    client.end();
    await client.ended();
    accepted.socket.resume();
    await accepted.ended(60_000);
    const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    assert.equal(accepted.count - head, upload.length);
    assert.equal(hash(accepted.bytes.subarray(head)), hash(upload));
  },
);
