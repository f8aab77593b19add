import assert from 'node:assert/strict';
import { startApp } from '../../support/apps.ts';
import { freePort } from '../../support/ports.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import type { RoutingParts } from '../../support/routing.ts';
import { forEachRouter, scenario } from '../../support/scenario.ts';
import { until } from '../../support/until.ts';

const LIMITS: Readonly<Record<string, RoutingParts>> = {
  'the process': { global: ['maxconn 2'] },
  'a frontend': { frontend: ['maxconn 2'] },
  'a bind': { bind: 'maxconn 2' },
};

for (const [whose, parts] of Object.entries(LIMITS)) {
  forEachRouter(
    `connections above the maxconn of ${whose} wait instead of being refused until one is free`,
    async (t, router) => {
      const app = await startApp(t);
      const { port } = await startRouting(t, router, { ...parts, backend: [`server one 127.0.0.1:${app.port}`] });
      const ask = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
      const [one, two] = [await openRaw(t, port), await openRaw(t, port)];
      one.send(ask('/held/1'));
      two.send(ask('/held/2'));
      await until('two requests', () => app.held === 2);
      // Not earlier: of connections that wait to be accepted on several sockets, a later one may come first.
      const three = await openRaw(t, port);
      three.send(ask('/third'));
      two.send(ask('/second'));
      app.release();
      await two.expect('"url":"/second"');
      assert.equal(three.text, '', 'the third connection has not been served');
      assert.equal(app.requests.includes('GET /third'), false);
      one.reset();
      await three.expect('"url":"/third"');
    },
  );
}

forEachRouter('a full bind does not block other binds of its frontend', async (t, router) => {
  const app = await startApp(t);
  const other = await freePort();
  const { port } = await startRouting(t, router, {
    bind: 'maxconn 1',
    frontend: [`bind 127.0.0.1:${other}`],
    backend: [`server one 127.0.0.1:${app.port}`],
  });
  const held = await openRaw(t, port);
  held.send('GET /held HTTP/1.1\r\nHost: a\r\n\r\n');
  await until('the request', () => app.held === 1);
  const waiting = await openRaw(t, port);
  waiting.send('GET /waits HTTP/1.1\r\nHost: a\r\n\r\n');
  for (let count = 0; count < 3; count += 1) {
    const client = await openRaw(t, other);
    client.send('GET /served HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.expect('"url":"/served"');
  }
  assert.equal(waiting.text, '');
});

scenario('waiting connections that disconnect do not block others', async (t) => {
  const app = await startApp(t);
  const { port } = await startRouting(t, 'router', {
    bind: 'maxconn 1',
    backend: [`server one 127.0.0.1:${app.port}`],
  });
  const first = await openRaw(t, port);
  first.send('GET /held HTTP/1.1\r\nHost: a\r\n\r\n');
  await until('the request', () => app.held === 1);
  for (let count = 0; count < 50; count += 1) (await openRaw(t, port)).reset();
  const last = await openRaw(t, port);
  last.send('GET /last HTTP/1.1\r\nHost: a\r\n\r\n');
  first.reset();
  await last.expect('"url":"/last"');
});
