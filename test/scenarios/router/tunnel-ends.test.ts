import assert from 'node:assert/strict';
import { RawServer } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';
import { openTunnel } from '../../support/tunnel.ts';

const FIN = { frontend: ['timeout client-fin 150ms'], backend: ['timeout tunnel 20s', 'timeout server-fin 150ms'] };

forEachRouter('a tunnel whose client resets is closed on the server side at once', async (t, router) => {
  const server = await RawServer.listen(t);
  const { port } = await startRouting(t, router, {
    backend: ['timeout tunnel 20s', `server one 127.0.0.1:${server.port}`],
  });
  const tunnel = await openTunnel(t, port, server);
  tunnel.client.reset();
  await tunnel.server.ended(2_000);
});

forEachRouter(
  'a tunnel half-closed by its client is closed within the fin timeout when the server does not close',
  async (t, router) => {
    const server = await RawServer.listen(t);
    const { port, syslog } = await startRouting(t, router, {
      ...FIN,
      backend: [...FIN.backend, `server one 127.0.0.1:${server.port}`],
    });
    const tunnel = await openTunnel(t, port, server);
    tunnel.client.end();
    await tunnel.server.ended(2_000);
    await tunnel.client.ended(2_000);
    await syslog.message(/ 101 \d+ - - [cs]D-- .*"GET \/chat/, 2_000);
  },
);

forEachRouter('bytes a server sends after its client half-closed are delivered', async (t, router) => {
  const server = await RawServer.listen(t);
  const { port } = await startRouting(t, router, {
    backend: ['timeout tunnel 20s', 'timeout server-fin 5s', `server one 127.0.0.1:${server.port}`],
  });
  const tunnel = await openTunnel(t, port, server);
  tunnel.client.send('goodbye');
  tunnel.client.end();
  await tunnel.server.expect('goodbye');
  await tunnel.server.ended();
  tunnel.server.send('last words');
  tunnel.server.end();
  assert.match(await tunnel.client.rest(), /last words$/);
});

forEachRouter('a tunnel whose server ends is closed on the client side', async (t, router) => {
  const server = await RawServer.listen(t);
  const { port } = await startRouting(t, router, {
    ...FIN,
    backend: [...FIN.backend, `server one 127.0.0.1:${server.port}`],
  });
  const tunnel = await openTunnel(t, port, server);
  tunnel.server.send('farewell');
  tunnel.server.end();
  assert.match(await tunnel.client.rest(2_000), /farewell$/);
});

forEachRouter('an idle tunnel is cut after timeout tunnel, a busy one is not', async (t, router) => {
  const server = await RawServer.listen(t);
  const { port, syslog } = await startRouting(t, router, {
    frontend: ['timeout client 100ms'],
    backend: ['timeout tunnel 300ms', 'timeout server 100ms', `server one 127.0.0.1:${server.port}`],
  });
  const tunnel = await openTunnel(t, port, server);
  const opened = performance.now();
  const pushes = setInterval(() => tunnel.server.ending ?? tunnel.server.send('.'), 50);
  t.after(() => clearInterval(pushes));
  await tunnel.client.expect('............');
  assert.ok(performance.now() - opened > 500, 'it outlived timeout tunnel while bytes arrived from one side');
  clearInterval(pushes);
  await tunnel.client.ended(2_000);
  await tunnel.server.ended(2_000);
  await syslog.message(/ 101 \d+ - - cD-- .*"GET \/chat/);
});
