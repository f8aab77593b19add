import assert from 'node:assert/strict';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { freePort } from '../../support/ports.ts';
import { startProgram } from '../../support/programs.ts';
import { forEachRouter } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';

forEachRouter('proxies may be disabled and numbered', async (t, router) => {
  const app = await startApp(t);
  const [port, closed] = [await freePort(), await freePort()];
  const config = `
defaults
  mode http
  timeout connect 1s
  timeout client 10s
  timeout server 10s
frontend front
  id 9
  bind 127.0.0.1:${port}
  stats enable
  stats uri /stats
  use_backend apps if { path /served }
  default_backend gone
backend gone
  disabled
  server one 127.0.0.1:${app.port}
backend apps
  server one 127.0.0.1:${app.port}
frontend silent
  disabled
  bind 127.0.0.1:${closed}
  default_backend apps
backend second
  id 2
  server one 127.0.0.1:${app.port}
`;
  await startProgram(t, router, new TempDir(t).write('haproxy.cfg', config), [port]);
  const url = `http://127.0.0.1:${port}`;
  assert.equal((await request(`${url}/gone`)).status, 503);
  assert.equal((await request(`${url}/served`)).status, 200);
  await assert.rejects(request(`http://127.0.0.1:${closed}/`), { code: 'ECONNREFUSED' });
  const lines = (await request(`${url}/stats;csv`)).body.toString().trim().split('\n').slice(1);
  const numbers = lines.map((line) => line.split(',')).map((values) => `${values[0]}/${values[1]} ${values[27]}`);
  assert.deepEqual(numbers, ['front/FRONTEND 9', 'apps/one 4', 'apps/BACKEND 4', 'second/one 2', 'second/BACKEND 2']);
});
