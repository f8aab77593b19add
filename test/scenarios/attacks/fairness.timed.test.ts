import assert from 'node:assert/strict';
import { FLOODS, latencyDuring } from '../../support/fairness.ts';
import { forEachRouter } from '../../support/scenario.ts';

/**
 * Limits for the median and the slowest, in milliseconds. HAProxy needs 10 to 90; the rest allows for slow machines, and for
 * garbage collection after thousands of simultaneous connections.
 */
const USUAL = 750;
const SLOWEST = 10_000;

for (const [title, flood] of Object.entries(FLOODS)) {
  // The other engine uses Node's parser, which delivers everything of a read at once (docs/http-proxy-engine.md).
  forEachRouter(`during an attack by ${title}, others are served`, async (t, router) => {
    const { median, slowest, process } = await latencyDuring(t, flood, router);
    const measured = `slowest ${Math.round(slowest)} ms, median ${Math.round(median)} ms`;
    t.diagnostic(measured);
    assert.ok(process.running);
    if (router === 'router') assert.ok(median < USUAL && slowest < SLOWEST, measured);
  });
}
