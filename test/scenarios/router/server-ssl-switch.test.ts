/** `set server … ssl on|off`: connections opened from then on speak TLS, or do not. */
import assert from 'node:assert/strict';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { asked } from '../../support/control.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { Authority, tlsOrigin } from '../../support/tls-origin.ts';

forEachRouter('operators turn TLS to a server off and on', async (t, router) => {
  const origin = await tlsOrigin(t, new Authority(t).issue(['a.test']));
  const app = await startApp(t);
  const socket = new TempDir(t).join('s.sock');
  const { url } = await startRouting(t, router, {
    global: [`stats socket ${socket} level admin`],
    defaults: ['retries 0'],
    frontend: ['use_backend plain if { path /plain }', 'use_backend never if { path /never }'],
    backend: [`server s 127.0.0.1:${origin.port} ssl verify none`],
    backends: {
      plain: ['default-server ssl verify none', `server s 127.0.0.1:${app.port} no-ssl`],
      never: [`server s 127.0.0.1:${app.port}`],
    },
  });
  const seen: Record<string, string> = {};
  const step = async (name: string, line: string, path: string): Promise<void> => {
    const said = (await asked(socket, line)).trim();
    const { status } = await request(`${url}${path}`);
    seen[name] = `${said} ${status < 400 ? 'well' : 'badly'}`;
  };
  assert.equal((await request(url)).status, 200);
  await step('off', 'set server apps/s ssl off', '/');
  await step('on', 'set server apps/s ssl on', '/');
  await step('off where it was off', 'set server plain/s ssl off', '/plain');
  await step('on where it was off', 'set server plain/s ssl on', '/plain');
  await step('off again', 'set server plain/s ssl off', '/plain');
  await step('neither', 'set server apps/s ssl maybe', '/');
  await step('without any TLS', 'set server never/s ssl on', '/never');
  assert.deepEqual(seen, {
    off: 'server ssl setting updated. badly',
    on: 'server ssl setting updated. well',
    'off where it was off': 'server ssl setting updated. well',
    'on where it was off': 'server ssl setting updated. badly',
    'off again': 'server ssl setting updated. well',
    neither: "'set server <srv> ssl' expects 'on' or 'off'. well",
    'without any TLS': "'set server <srv> ssl' cannot be set.  default-server should define ssl settings well",
  });
});
