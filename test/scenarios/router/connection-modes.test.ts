import assert from 'node:assert/strict';
import { startApp } from '../../support/apps.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import type { RoutingParts } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';
import { until } from '../../support/until.ts';

interface Case {
  readonly parts: RoutingParts;
  /** Connections the server sees for three requests on one client connection. */
  readonly serverConnections: number;
  readonly serverTold: 'close' | undefined;
}

const KEEPING: Readonly<Record<string, Case>> = {
  'by default both sides are kept alive': { parts: {}, serverConnections: 1, serverTold: undefined },
  'httpclose in the backend closes the server side only': {
    parts: { backend: ['option httpclose'] },
    serverConnections: 3,
    serverTold: 'close',
  },
  'http-server-close closes the server side only': {
    parts: { frontend: ['option http-server-close'] },
    serverConnections: 3,
    serverTold: 'close',
  },
};

for (const [sentence, { parts, serverConnections, serverTold }] of Object.entries(KEEPING)) {
  forEachRouter(`three requests on one client connection: ${sentence}`, async (t, router) => {
    const app = await startApp(t);
    const { port } = await startRouting(t, router, {
      ...parts,
      backend: [...(parts.backend ?? []), `server one 127.0.0.1:${app.port}`],
    });
    const client = await openRaw(t, port);
    for (const name of ['first', 'second', 'third']) {
      client.send(`GET /${name} HTTP/1.1\r\nHost: a\r\n\r\n`);
      const text = await client.expect(new RegExp(`"url":"/${name}".*"bodySha256":"[0-9a-f]+"}$`));
      assert.equal(/"connection":"close"/.test(text), serverTold === 'close');
      assert.doesNotMatch(text.split('{"app"')[0] ?? '', /connection: close/i);
    }
    assert.equal(app.connectionsEver(), serverConnections);
    assert.equal(client.ending, undefined, 'the client side stays open');
    if (serverTold === 'close') await until('no connection to the server', () => app.connections() === 0);
  });
}

forEachRouter('httpclose in the frontend closes the client side after the answer', async (t, router) => {
  const app = await startApp(t);
  const { port } = await startRouting(t, router, {
    frontend: ['option httpclose'],
    backend: [`server one 127.0.0.1:${app.port}`],
  });
  const client = await openRaw(t, port);
  client.send('GET /only HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.match(await client.rest(), /\r\nconnection: close\r\n[^]*"url":"\/only"/i);
});
