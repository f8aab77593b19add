import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { onCleanup } from '../../support/cleanup.ts';
import { startPair } from '../../support/pairing.ts';
import { forEachPair } from '../../support/scenario.ts';
import { settled } from '../../support/until.ts';

forEachPair(
  'a WebSocket over TLS carries text, binary, a megabyte and the close code',
  async (t, terminator, router) => {
    const { https, certificates, syslog } = await startPair(t, terminator, router);
    const client = new WebSocket(`wss://127.0.0.1:${https}/chat`, {
      headers: { Host: 'dev-maps01' },
      ca: certificates.ca,
    });
    onCleanup(t, () => client.terminate());
    await settled('the WebSocket to open', once(client, 'open'));
    for (const message of [Buffer.from('hello'), Buffer.of(0, 255, 10), Buffer.alloc(1_000_000, 'x')]) {
      const reply = once(client, 'message');
      client.send(message);
      const [data] = await settled('the echo', reply);
      assert.ok(Buffer.isBuffer(data) && data.equals(message));
    }
    const closed = once(client, 'close');
    client.close(4001, 'done');
    assert.equal((await settled('the close', closed))[0], 4001);
    await syslog.message(/ all maps_websocket_backend\/maps_websocket_server .* 101 .*"GET \/chat HTTP\/1\.1"$/);
  },
);
