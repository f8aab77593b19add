import assert from 'node:assert/strict';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';
import { until } from '../../support/until.ts';

forEachRouter('a request above the maxconn of a server is queued and then served', async (t, router) => {
  const app = await startApp(t);
  const { url, syslog } = await startRouting(t, router, {
    backend: ['timeout queue 1m', `server one 127.0.0.1:${app.port} maxconn 1`],
  });
  const first = request(`${url}/held/1`);
  await until('the first request', () => app.held === 1);
  const second = request(`${url}/held/2`);
  const third = request(`${url}/held/3`);
  for (let served = 1; served <= 3; served += 1) {
    await until(`request ${served}`, () => app.held === 1);
    assert.equal(app.requests.length, served, 'never two at a time');
    app.release();
  }
  const answers = await Promise.all([first, second, third]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200],
  );
  assert.match(await syslog.message(/held\/3/), / [0-2]\/[0-2] "GET/);
});

forEachRouter('a request queued longer than timeout queue is answered 503 and logged sQ', async (t, router) => {
  const app = await startApp(t);
  const { url, syslog } = await startRouting(t, router, {
    backend: ['timeout queue 150ms', `server one 127.0.0.1:${app.port} maxconn 1`],
  });
  const first = request(`${url}/held/1`);
  await until('the first request', () => app.held === 1);
  assert.equal((await request(`${url}/late`)).status, 503);
  assert.match(await syslog.message(/late/), /apps\/\S+ \d+\/\d{3,}\/-1\/-1\/\d+ 503 .* sQ--/);
  app.release();
  assert.equal((await first).status, 200);
});
