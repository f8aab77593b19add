import assert from 'node:assert/strict';
import { startAttacked } from '../../support/attacked.ts';
import { openRaw } from '../../support/raw.ts';
import { forEachEngine } from '../../support/scenario.ts';

forEachEngine("a client that offers h2c, as Java's does, is answered in HTTP/1.1", async (t, engine) => {
  const { port } = await startAttacked(t, engine);
  const client = await openRaw(t, port);
  client.send(
    'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
  );
  assert.match(await client.expect(/ok$/), /^HTTP\/1\.1 200 /);
  // Node has detached its parser: later bytes must not be guessed at, so the response says close.
  if (engine === 'http-proxy') return assert.match(await client.rest(), /^Connection: close\r$/m);
  client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  assert.match(await client.rest(), /ok[^]*ok$/);
});

forEachEngine('bytes that are not HTTP/1 get a 400 (or 505) and nothing else', async (t, engine) => {
  const { port, process } = await startAttacked(t, engine);
  const hello = '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'.padEnd(300, '\0');
  for (const bytes of [
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    hello,
    'SSH-2.0-x\r\n\r\n',
    '\0\0\0\0\r\n\r\n',
    'GET /\r\n\r\n',
  ]) {
    const client = await openRaw(t, port);
    client.send(bytes);
    client.end();
    assert.match(await client.rest(), /^HTTP\/1\.1 (400|505) /, JSON.stringify(bytes.slice(0, 20)));
  }
  assert.ok(process.running);
});
