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

/** A header of version 2 from 192.0.2.7 with these TLVs, and what a router makes of it. */
const NAMES: readonly (readonly [
  what: string,
  tlvs: readonly (readonly [type: number, value: string])[],
  seen: string | undefined,
])[] = [
  ['a server name without TLS', [[0x02, 'a.test']], 'a.test/'],
  ['an empty one', [[0x02, '']], '/'],
  ['a unique id', [[0x05, 'id']], '/6964'],
  ['a name in UTF-8', [[0x02, 'a\xc3\xa9']], 'a\xc3\xa9/'],
  [
    'the last of two names',
    [
      [0x02, 'a.test'],
      [0x02, 'b.test'],
    ],
    'b.test/',
  ],
  [
    'others are passed over',
    [
      [0x04, 'padding'],
      [0xe1, 'x'],
      [0x02, 'a.test'],
    ],
    'a.test/',
  ],
  ['the longest name', [[0x02, 'a'.repeat(255)]], `${'a'.repeat(255)}/`],
  ['a name that is too long', [[0x02, 'a'.repeat(256)]], undefined],
  ['a unique id that is too long', [[0x05, 'u'.repeat(129)]], undefined],
];

forEachRouter('names and unique ids of PROXY headers are read, with or without TLS', async (t, router) => {
  const { port } = await startRouting(t, router, {
    bind: 'accept-proxy',
    frontend: [
      'http-request return status 200 content-type text/plain lf-string "%[fc_pp_authority]/%[fc_pp_unique_id,hex]"',
    ],
  });
  for (const [what, tlvs, seen] of NAMES) {
    const values = tlvs.map(
      ([type, value]) => String.fromCharCode(type, value.length >> 8, value.length & 255) + value,
    );
    const length = 12 + values.join('').length;
    const header = V2.slice(0, 14) + String.fromCharCode(length >> 8, length & 255) + V2.slice(16) + values.join('');
    const answer = await exchange(t, port, header + REQUEST);
    assert.equal(answer === '' ? undefined : answer.slice(answer.indexOf('\r\n\r\n') + 4), seen, what);
  }
});
