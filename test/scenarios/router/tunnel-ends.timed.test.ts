import assert from 'node:assert/strict';
import { RawServer } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';
import { openTunnel } from '../../support/tunnel.ts';

const FIN = { frontend: ['timeout client-fin 150ms'], backend: ['timeout tunnel 1h', 'timeout server-fin 150ms'] };

forEachRouter('a tunnel whose client resets is closed on the server side at once', async (t, router) => {
  const server = await RawServer.listen(t);
  const { port } = await startRouting(t, router, {
    backend: ['timeout tunnel 1h', `server one 127.0.0.1:${server.port}`],
  });
  const tunnel = await openTunnel(t, port, server);
  tunnel.client.reset();
  await tunnel.server.ended();
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
    await tunnel.server.ended();
    await tunnel.client.ended();
    await syslog.message(/ 101 \d+ - - [cs]D-- .*"GET \/chat/);
  },
);

forEachRouter('bytes a server sends after its client half-closed are delivered', async (t, router) => {
  const server = await RawServer.listen(t);
  const { port } = await startRouting(t, router, {
    backend: ['timeout tunnel 1h', 'timeout server-fin 1h', `server one 127.0.0.1:${server.port}`],
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
  assert.match(await tunnel.client.rest(), /farewell$/);
});

forEachRouter('an idle tunnel is cut after timeout tunnel, a busy one is not', async (t, router) => {
  const server = await RawServer.listen(t);
  const { port, syslog } = await startRouting(t, router, {
    frontend: ['timeout client 1s'],
    backend: ['timeout tunnel 2s', 'timeout server 1s', `server one 127.0.0.1:${server.port}`],
  });
  const tunnel = await openTunnel(t, port, server);
  const opened = performance.now();
  const pushes = setInterval(() => tunnel.server.ending ?? tunnel.server.send('.'), 100);
  t.after(() => clearInterval(pushes));
  await tunnel.client.expect('.'.repeat(30));
  assert.ok(performance.now() - opened > 2500, 'it outlived timeout tunnel while bytes arrived from one side');
  clearInterval(pushes);
  await tunnel.client.ended();
  await tunnel.server.ended();
  await syslog.message(/ 101 \d+ - - cD-- .*"GET \/chat/);
});
