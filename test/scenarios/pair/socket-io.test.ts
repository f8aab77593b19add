import assert from 'node:assert/strict';
import { io } from 'socket.io-client';
import { onCleanup } from '../../support/cleanup.ts';
import { startPair } from '../../support/pairing.ts';
import { forEachPair } from '../../support/scenario.ts';
import { settled } from '../../support/until.ts';

forEachPair('a socket.io client restricted to WebSocket connects and is answered', async (t, terminator, router) => {
  const { https, certificates } = await startPair(t, terminator, router);
  const client = io(`https://127.0.0.1:${https}`, {
    transports: ['websocket'],
    reconnection: false,
    extraHeaders: { Host: 'dev-maps01' },
    ca: certificates.ca,
  });
  onCleanup(t, () => void client.close());
  await settled(
    'the connection',
    new Promise<void>((resolve, reject) => {
      client.on('connect', resolve);
      client.on('connect_error', reject);
    }),
  );
  assert.equal(await client.timeout(5_000).emitWithAck('say', 'hello'), 'maps:hello');
  assert.equal(client.io.engine.transport.name, 'websocket');
});
