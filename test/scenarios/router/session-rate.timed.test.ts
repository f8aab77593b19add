/** `rate-limit sessions`, `maxconnrate` and `maxsessrate`: connections above a rate wait, and are served. */
import assert from 'node:assert/strict';
import { startApp } from '../../support/apps.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import type { RoutingParts } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';

const RATE = 10;
const CLIENTS = 25;
const WHERE: Readonly<Record<string, RoutingParts>> = {
  'rate-limit sessions': { frontend: [`rate-limit sessions ${RATE}`] },
  maxconnrate: { global: [`maxconnrate ${RATE}`] },
  maxsessrate: { global: [`maxsessrate ${RATE}`] },
};

for (const [word, parts] of Object.entries(WHERE))
  forEachRouter(
    `${word} ${RATE}: ${CLIENTS} clients at once are all served, and need more than a second`,
    async (t, router) => {
      const app = await startApp(t);
      const { port } = await startRouting(t, router, { ...parts, backend: [`server one 127.0.0.1:${app.port}`] });
      const since = performance.now();
      await Promise.all(
        Array.from({ length: CLIENTS }, async (_, index) => {
          const client = await openRaw(t, port);
          client.send(`GET /${index} HTTP/1.1\r\nHost: a\r\n\r\n`);
          await client.expect(`"url":"/${index}"`);
        }),
      );
      const seconds = (performance.now() - since) / 1000;
      t.diagnostic(`${seconds.toFixed(1)} s`);
      // A sliding second lets 10 pass at once, and 10 more in each second after that.
      assert.ok(seconds > 1, `${seconds} s`);
    },
  );
