import assert from 'node:assert/strict';
import { FLOODS, latencyDuring } from '../../support/fairness.ts';
import { forEachRouter } from '../../support/scenario.ts';

/**
 * Limits for the median and the slowest, in milliseconds. With two busy loops on two cores beside it the router needs up to
 * 20 and 70, as HAProxy does (docs/security.md has the figures of a quieter machine); the rest is for slower machines. A busy one gets
 * more: so many times what the same visits took before the attack.
 */
const USUAL = 250;
const SLOWEST = 2000;
const TIMES = 20;

for (const [title, flood] of Object.entries(FLOODS)) {
  // The other engine uses Node's parser, which delivers everything of a read at once (docs/http-proxy-engine.md).
  forEachRouter(`during an attack by ${title}, others are served`, async (t, router) => {
    const { median, slowest, calm, process } = await latencyDuring(t, flood, router);
    const measured = `slowest ${Math.round(slowest)} ms, median ${Math.round(median)} ms`;
    t.diagnostic(measured);
    assert.ok(process.running);
    if (router !== 'router') return;
    assert.ok(median < Math.max(USUAL, TIMES * calm.median), measured);
    assert.ok(slowest < Math.max(SLOWEST, TIMES * calm.slowest), measured);
  });
}
