import assert from 'node:assert/strict';
import { OK, requestLines, startAttacked } from '../../support/attacked.ts';
import { exchange } from '../../support/raw.ts';
import { forEachEngine } from '../../support/scenario.ts';

forEachEngine('one Trailer header does not kill the router', async (t, engine) => {
  const { port, process } = await startAttacked(t, engine);
  for (const name of ['Trailer: x', 'trailer: Content-Length', 'Trailer: x\r\nTransfer-Encoding: chunked']) {
    const body = name.includes('chunked') ? '0\r\nx: y\r\n\r\n' : '';
    assert.match(
      await exchange(t, port, `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${name}\r\n\r\n${body}`),
      /^HTTP\/1\.1 (200|400) /,
    );
  }
  assert.match(await exchange(t, port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 200 /);
  assert.ok(process.running);
});

forEachEngine('hop-by-hop headers and those named in Connection are not forwarded', async (t, engine) => {
  const { port, server } = await startAttacked(t, engine);
  const hop = [
    'Keep-Alive: timeout=5',
    'Proxy-Authorization: Basic eA==',
    'Proxy-Connection: keep-alive',
    'TE: gzip',
    'X-Private: 1',
  ];
  await exchange(
    t,
    port,
    `GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Private\r\n${hop.join('\r\n')}\r\nX-Public: 1\r\n\r\n`,
  );
  const sent = server.text.toLowerCase();
  assert.match(sent, /^x-public: 1\r$/m);
  for (const name of ['keep-alive:', 'proxy-authorization:', 'proxy-connection:', 'te:', 'x-private']) {
    assert.doesNotMatch(sent, new RegExp(`^(connection: .*)?${name}`, 'm'), name);
  }
});

forEachEngine('Connection cannot be made to strip what the server relies on', async (t, engine) => {
  const { port, server } = await startAttacked(t, engine, OK, { backend: ['option forwardfor'] });
  await exchange(t, port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Forwarded-For, Host\r\n\r\n');
  if (server.text === '') return; // Refusing it is fine too.
  assert.match(server.text, /^x-forwarded-for: 127\.0\.0\.1\r$/im);
  assert.match(server.text, /^host: a\r$/im);
});

forEachEngine(
  'with if-none, a client that sends X-Forwarded-For and has it stripped still gets one added',
  async (t, engine) => {
    const { port, server } = await startAttacked(t, engine, OK, { backend: ['option forwardfor if-none'] });
    await exchange(
      t,
      port,
      'GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6\r\nConnection: close, x-forwarded-for\r\n\r\n',
    );
    assert.match(server.text, /^x-forwarded-for: 127\.0\.0\.1\r$/im);
    assert.doesNotMatch(server.text, /6\.6\.6\.6/);
  },
);

forEachEngine('the true address is appended after a spoofed X-Forwarded-For', async (t, engine) => {
  const { port, server } = await startAttacked(t, engine, OK, { backend: ['option forwardfor'] });
  await exchange(
    t,
    port,
    'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Forwarded-For: 6.6.6.6\r\nx-forwarded-for: 7.7.7.7\r\n\r\n',
  );
  const values = [...server.text.matchAll(/^x-forwarded-for: (.*)\r$/gim)].flatMap(
    ([, value]) => value?.split(/, ?/) ?? [],
  );
  assert.equal(values.at(-1), '127.0.0.1');
});

forEachEngine('the request target reaches the server unchanged', async (t, engine) => {
  const { port, server } = await startAttacked(t, engine);
  const targets = ['//a//b?x', '/a/../b/./c', '/%2e%2e/%41?q=%zz', '/a;b=c?d=/e?f', '/caf%C3%A9', '/?', '/a?b=c&&d'];
  for (const target of targets)
    await exchange(t, port, `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  assert.deepEqual(
    requestLines(server),
    targets.map((target) => `GET ${target} HTTP/1.1`),
  );
});
