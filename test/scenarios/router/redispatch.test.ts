import assert from 'node:assert/strict';
import { echoOf, startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { freePort } from '../../support/ports.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';

forEachRouter('a refused connection is tried again on another server with option redispatch 1', async (t, router) => {
  const app = await startApp(t, { name: 'alive' });
  const { url, syslog } = await startRouting(t, router, {
    backend: ['option redispatch 1', `server dead 127.0.0.1:${await freePort()}`, `server alive 127.0.0.1:${app.port}`],
  });
  const answer = await request(`${url}/x`);
  assert.equal(answer.status, 200);
  assert.equal(echoOf(answer).app, 'alive');
  assert.match(await syslog.message(/\/x/), /front apps\/alive .* \d+\/\d+\/\d+\/\d+\/\+1 0\/0 "GET/);
});

forEachRouter('without redispatch the same server is tried again and the answer is 503', async (t, router) => {
  const app = await startApp(t, { name: 'alive' });
  const { url, syslog } = await startRouting(t, router, {
    backend: ['timeout connect 50ms', 'retries 2', `server dead 127.0.0.1:${await freePort()}`, `server alive 127.0.0.1:${app.port}`],
  });
  assert.equal((await request(`${url}/x`)).status, 503);
  assert.match(await syslog.message(/\/x/), /front apps\/dead \d+\/\d+\/-1\/-1\/\d+ 503 \d+ - - SC-- \d+\/\d+\/\d+\/\d+\/2 0\/0 "GET/);
  assert.equal(app.requests.length, 0);
});
