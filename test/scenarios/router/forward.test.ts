import assert from 'node:assert/strict';
import { echoOf, startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';

forEachRouter('a request, its body and its response are forwarded', async (t, router) => {
  const app = await startApp(t);
  const routing = await startRouting(t, router, { backend: [`server one 127.0.0.1:${app.port}`] });
  const answer = await request(`${routing.url}/a?b=c`, { method: 'POST', body: 'hello', headers: { 'X-One': 'two' } });
  assert.equal(answer.status, 200);
  const echo = echoOf(answer);
  assert.equal(echo.url, '/a?b=c');
  assert.equal(echo.bodyBytes, 5);
  assert.equal(echo.headers['x-one'], 'two');
  await routing.syslog.message(/"POST \/a\?b=c HTTP\/1\.1"$/);
});
