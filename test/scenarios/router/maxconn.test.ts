import assert from 'node:assert/strict';
import { startApp } from '../../support/apps.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import type { RoutingParts } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';
import { until } from '../../support/until.ts';

const LIMITS: Readonly<Record<string, RoutingParts>> = {
  'the whole process': { global: ['maxconn 2'] },
  'a frontend': { frontend: ['maxconn 2'] },
};

for (const [whose, parts] of Object.entries(LIMITS)) {
  forEachRouter(`connections above the maxconn of ${whose} wait, unrefused, until one is free`, async (t, router) => {
    const app = await startApp(t);
    const { port } = await startRouting(t, router, { ...parts, backend: [`server one 127.0.0.1:${app.port}`] });
    const [one, two, three] = [await openRaw(t, port), await openRaw(t, port), await openRaw(t, port)];
    const ask = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
    one.send(ask('/held/1'));
    two.send(ask('/held/2'));
    await until('two requests', () => app.held === 2);
    three.send(ask('/third'));
    two.send(ask('/second'));
    app.release();
    await two.expect('"url":"/second"');
    assert.equal(three.text, '', 'the third connection has not been served');
    assert.equal(app.requests.includes('GET /third'), false);
    one.reset();
    await three.expect('"url":"/third"');
  });
}
