import assert from 'node:assert/strict';
import { startApp } from '../../support/apps.ts';
import { exchange, openRaw } from '../../support/raw.ts';
import type { TestContext } from 'node:test';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';

const REQUEST = 'GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
const V1 = 'PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\n';
const V2 = '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x07\xc0\0\x02\x01\x12\x67\x01\xbb';

async function ask(t: TestContext, port: number, from: string, bytes: string): Promise<string> {
  const client = await openRaw(t, port, from);
  client.send(bytes);
  return client.rest();
}

forEachRouter('one port serves trusted peers with a PROXY header and other clients without', async (t, router) => {
  const app = await startApp(t);
  const { port, syslog } = await startRouting(t, router, {
    frontend: ['tcp-request connection expect-proxy layer4 if { src 127.0.0.2 }', 'option forwardfor'],
    backend: [`server one 127.0.0.1:${app.port}`],
  });
  for (const header of [V1, V2]) {
    assert.match(
      await ask(t, port, '127.0.0.2', header + REQUEST),
      /^HTTP\/1\.1 200 [^]*"x-forwarded-for":"192\.0\.2\.7"/,
    );
  }
  await syslog.message(/^192\.0\.2\.7:4711 .*"GET \/x/);
  assert.match(await ask(t, port, '127.0.0.9', REQUEST), /^HTTP\/1\.1 200 [^]*"x-forwarded-for":"127\.0\.0\.9"/);
  assert.match(
    await ask(t, port, '127.0.0.9', V1 + REQUEST),
    /^HTTP\/1\.1 400 Bad request\r\n/,
    'an untrusted client cannot set its address',
  );
  assert.equal(await ask(t, port, '127.0.0.2', REQUEST), '', 'a trusted peer without a header is not answered');
  assert.equal(app.requests.length, 3);
});

forEachRouter(
  'a bind with accept-proxy closes connections that do not start with a PROXY header, without a response',
  async (t, router) => {
    const app = await startApp(t);
    const { port, syslog } = await startRouting(t, router, {
      bind: 'accept-proxy',
      backend: [`server one 127.0.0.1:${app.port}`],
    });
    for (const bytes of [
      REQUEST,
      'PROXY TCP9 1.2.3.4 5.6.7.8 1 2\r\n' + REQUEST,
      'proxy TCP4 1.2.3.4 5.6.7.8 1 2\r\n' + REQUEST,
    ]) {
      assert.equal(await exchange(t, port, bytes), '');
    }
    assert.match(await exchange(t, port, `PROXY UNKNOWN\r\n${REQUEST}`), /^HTTP\/1\.1 200 /);
    assert.match(await exchange(t, port, V1 + V1 + REQUEST), /^HTTP\/1\.1 400 /, 'only one header is read');
    await syslog.message(/^127\.0\.0\.1:\d+ \[.*\] front\/1: /);
  },
);
