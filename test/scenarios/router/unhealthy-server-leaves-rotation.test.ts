import assert from 'node:assert/strict';
import { startApp, echoOf } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';

forEachRouter(
  'a server that answers its check with 503 gets no requests until it answers 200 again',
  async (t, router) => {
    const [one, two] = [await startApp(t, { name: 'one' }), await startApp(t, { name: 'two' })];
    const { url, syslog } = await startRouting(t, router, {
      backend: [
        'option httpchk OPTIONS /health',
        'timeout check 3s',
        'balance roundrobin',
        ...[one, two].map(({ name, port }) => `server ${name} 127.0.0.1:${port} check inter 100ms`),
      ],
    });
    one.healthy = false;
    await syslog.message(/^Server apps\/one is DOWN, reason: Layer7 wrong status, code: 503/);
    for (let i = 0; i < 4; i += 1) assert.equal(echoOf(await request(url)).app, 'two');
    one.healthy = true;
    await syslog.message(/^Server apps\/one is UP, reason: Layer7 check passed, code: 200/);
    const seen = new Set<string>();
    for (let i = 0; i < 4; i += 1) seen.add(echoOf(await request(url)).app);
    assert.deepEqual([...seen].toSorted(), ['one', 'two']);
  },
);
