import assert from 'node:assert/strict';
import { RawServer, openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter, scenario } from '../../support/scenario.ts';

const KEY = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const ACCEPT = 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n';

const PROTOCOLS: Readonly<Record<string, { readonly request: string; readonly answer: string }>> = {
  websocket: { request: KEY, answer: ACCEPT },
  'some-other/1': { request: '', answer: '' },
};

for (const [protocol, extra] of Object.entries(PROTOCOLS)) {
  forEachRouter(
    `Upgrade: ${protocol} becomes a tunnel after the 101, and no byte is lost at its boundaries`,
    async (t, router) => {
      const server = await RawServer.listen(t);
      const { port, syslog } = await startRouting(t, router, { backend: [`server one 127.0.0.1:${server.port}`] });
      const client = await openRaw(t, port);
      client.send(
        `GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: ${protocol}\r\n${extra.request}\r\n`,
      );
      const app = await server.next();
      const head = await app.expect('\r\n\r\n');
      assert.match(head, new RegExp(`^upgrade: ${protocol}\r$`, 'im'));
      assert.match(head, /^connection: upgrade\r$/im);
      app.send(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n${extra.answer}\r\nfirst from server`,
      );
      assert.match(await client.expect('first from server'), /^HTTP\/1\.1 101 /);
      client.send('\x00\xff from client');
      await app.expect('\r\n\r\n\x00\xff from client');
      app.send('HTTP/1.1 200 not an answer any more\r\n\r\n');
      await client.expect('not an answer any more\r\n\r\n');
      client.reset();
      await app.ended();
      await syslog.message(/apps\/one \d+\/0\/\d+\/\d+\/\d+ 101 \d+ - - [-C][-D]-- .*"GET \/chat/);
    },
  );
}

forEachRouter('a refused upgrade is an ordinary response on a connection that is kept', async (t, router) => {
  const answers = [
    'HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno',
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes',
  ];
  const server = await RawServer.listen(t, ({ socket }) => {
    socket.on('data', () => socket.write(answers.shift() ?? ''));
  });
  const { port } = await startRouting(t, router, { backend: [`server one 127.0.0.1:${server.port}`] });
  const client = await openRaw(t, port);
  client.send(`GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${KEY}\r\n`);
  await client.expect(/^HTTP\/1\.1 403 [^]*\r\n\r\nno$/);
  client.send('GET /after HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.expect(/yes$/);
  assert.match(server.text, /GET \/after HTTP\/1\.1\r\n/);
});

forEachRouter('an unsolicited 101 is a 502', async (t, router) => {
  const server = await RawServer.listen(t);
  const { port } = await startRouting(t, router, { backend: [`server one 127.0.0.1:${server.port}`] });
  const client = await openRaw(t, port);
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  const app = await server.next();
  await app.expect('\r\n\r\n');
  app.send('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await client.expect(/^HTTP\/1\.1 502 /);
});

forEachRouter('a WebSocket handshake without a key is a 400', async (t, router) => {
  const server = await RawServer.listen(t);
  const { port } = await startRouting(t, router, { backend: [`server one 127.0.0.1:${server.port}`] });
  const client = await openRaw(t, port);
  client.send('GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  assert.match(await client.rest(), /^HTTP\/1\.1 400 Bad request\r\n/);
  assert.equal(server.connections.length, 0);
});

forEachRouter('an upgrade that a rule refuses keeps the connection', async (t, router) => {
  const server = await RawServer.listen(t, ({ socket }) => {
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes'));
  });
  const { port } = await startRouting(t, router, {
    frontend: ['http-request deny if { path /chat }', 'use_backend none if { path /nobody }'],
    backend: [`server one 127.0.0.1:${server.port}`],
    backends: { none: [] },
  });
  const client = await openRaw(t, port);
  const upgrade = (path: string): string =>
    `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${KEY}\r\n`;
  client.send(upgrade('/chat'));
  assert.doesNotMatch(await client.expect(/^HTTP\/1\.1 403 [^]*<\/html>\n$/), /connection: close/i);
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.expect(/yes$/);
  client.send(upgrade('/nobody'));
  await client.expect(/HTTP\/1\.1 503 [^]*<\/html>\n$/);
});

scenario('bytes sent with an upgrade that a rule refuses are not a request', async (t) => {
  const server = await RawServer.listen(t);
  const { port } = await startRouting(t, 'router', {
    frontend: ['http-request deny if { path /chat }'],
    backend: [`server one 127.0.0.1:${server.port}`],
  });
  const client = await openRaw(t, port);
  client.send(
    `GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${KEY}\r\nGET /inside HTTP/1.1\r\nHost: a\r\n\r\n`,
  );
  assert.match(await client.rest(), /^HTTP\/1\.1 403 [^]*\r\nconnection: close\r\n/);
  assert.equal(server.text, '');
});
