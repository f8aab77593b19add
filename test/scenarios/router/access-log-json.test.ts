import assert from 'node:assert/strict';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { startRouting } from '../../support/routing.ts';
import { scenario } from '../../support/scenario.ts';

scenario('log-format json writes one object per request with the same facts', async (t) => {
  const app = await startApp(t);
  const { url, syslog } = await startRouting(t, 'router', {
    frontend: ['log-format json'],
    backend: [`server one 127.0.0.1:${app.port}`],
  });
  await request(`${url}/a"b?c=d`, { from: '127.0.0.9', headers: { Host: 'dev-maps01' } });
  const line: unknown = JSON.parse(await syslog.message(/^\{.*"method"/));
  assert.ok(typeof line === 'object' && line !== null);
  assert.partialDeepStrictEqual(line, {
    client: '127.0.0.9',
    peer: '127.0.0.9',
    proxied: false,
    frontend: 'front',
    backend: 'apps',
    server: 'one',
    method: 'GET',
    host: 'dev-maps01',
    target: '/a%22b?c=d',
    version: 'HTTP/1.1',
    status: 200,
    termination: '----',
    retries: 0,
  });
});
