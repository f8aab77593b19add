import assert from 'node:assert/strict';
import { startApp } from '../../support/apps.ts';
import { openRaw } from '../../support/raw.ts';
import { scenario } from '../../support/scenario.ts';
import { startTerminating } from '../../support/terminating.ts';

scenario('plain HTTP on the TLS port gets an explanation, where stunnel resets', async (t) => {
  const app = await startApp(t);
  const { port } = await startTerminating(t, 'terminator', { connect: app.port });
  const client = await openRaw(t, port);
  client.send('GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n');
  assert.match(await client.rest(), /^HTTP\/1\.[01] (400 |308 [^]*location: https:)/i);
  assert.equal(app.connectionsEver(), 0);
});
