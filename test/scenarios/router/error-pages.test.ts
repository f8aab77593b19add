import assert from 'node:assert/strict';
import test from 'node:test';
import { startApp } from '../../support/apps.ts';
import { ENGINES, engineStatements } from '../../support/engines.ts';
import { freePort } from '../../support/ports.ts';
import { exchange } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';

const page = (title: string, text: string): string => `<html><body><h1>${title}</h1>\n${text}\n</body></html>\n`;

/** Responses generated while the request is being read keep the case of HAProxy's own pages and close. */
const BAD_REQUEST = `HTTP/1.1 400 Bad request\r\nContent-length: 90\r\nCache-Control: no-cache\r\nConnection: close\r\nContent-Type: text/html\r\n\r\n${page('400 Bad request', 'Your browser sent an invalid request.')}`;
/** Later responses have lower-case names and keep the connection if the client wants it. */
const UNAVAILABLE = `HTTP/1.1 503 Service Unavailable\r\ncontent-length: 107\r\ncache-control: no-cache\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n${page('503 Service Unavailable', 'No server is available to handle this request.')}`;
const FORBIDDEN = `HTTP/1.1 403 Forbidden\r\ncontent-length: 93\r\ncache-control: no-cache\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n${page('403 Forbidden', 'Request forbidden by administrative rules.')}`;

forEachRouter("generated responses equal HAProxy's, byte for byte", async (t, router) => {
  const app = await startApp(t);
  const { port } = await startRouting(t, router, {
    frontend: [
      'acl secret path_beg /secret',
      'http-request deny if secret',
      'acl dead path_beg /dead',
      'acl nobody path_beg /nobody',
      'use_backend dead if dead',
      'use_backend nobody if nobody',
    ],
    backend: [`server one 127.0.0.1:${app.port}`],
    backends: { dead: ['retries 0', `server gone 127.0.0.1:${await freePort()}`], nobody: [] },
  });
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
  const table: readonly (readonly [string, string])[] = [
    ['GET /a#b HTTP/1.1\r\n\r\n', BAD_REQUEST],
    ['GET / HTTP/1.1\r\nBad Name: x\r\n\r\n', BAD_REQUEST],
    ['hello\r\n\r\n', BAD_REQUEST],
    [get('/secret'), FORBIDDEN],
    [get('/dead'), UNAVAILABLE],
    [get('/nobody'), UNAVAILABLE],
  ];
  for (const [bytes, expected] of table) assert.equal(await exchange(t, port, bytes), expected, bytes);
});

for (const engine of ENGINES) {
  test(`engine ${engine}: requests refused by the parser get the errorfile of their status, or that of 400`, async (t) => {
    const dir = new TempDir(t);
    const file = (code: number): string =>
      dir.write(
        `${code}.http`,
        `HTTP/1.0 ${code} Ours\r\nX-Page: ${code}\r\nConnection: keep-alive\r\n\r\nUnser Fehler ü\n`,
      );
    const { port } = await startRouting(t, 'router', {
      frontend: [
        ...engineStatements(engine),
        'timeout http-request 2s',
        ...[400, 408, 505].map((code) => `errorfile ${code} ${file(code)}`),
      ],
    });
    const ours = (code: number): string =>
      `HTTP/1.1 ${code} Ours\r\ncontent-length: 16\r\nx-page: ${code}\r\nconnection: close\r\n\r\n${Buffer.from('Unser Fehler ü\n').toString('latin1')}`;
    for (const [bytes, code] of [
      ['hello\r\n\r\n', 400],
      [`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 400],
      [`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 400],
      ['GET / HTTP/3.0\r\nHost: a\r\n\r\n', engine === 'wire' ? 505 : 400],
      ['GET / HTTP/1.1\r\nHost: a\r\n', 408],
    ] as const)
      assert.equal(await exchange(t, port, bytes), ours(code), bytes.slice(0, 30));
  });
}

for (const engine of ['haproxy', ...ENGINES] as const) {
  test(`${engine}: what files and words hold is sent byte for byte, and no value of a request adds a line to a body or bytes to a header`, async (t) => {
    const dir = new TempDir(t);
    const icon = dir.write('icon.ico', Buffer.from([0, 1, 0xff, 0xfe, 0xc3, 0x28, 13, 10]));
    const page = dir.write(
      '403.http',
      Buffer.from('HTTP/1.0 403 Forbidden\r\nX-Page: ours\r\n\r\nGr\xfc\xdfe\n', 'latin1'),
    );
    const { port } = await startRouting(
      t,
      engine === 'haproxy' ? 'haproxy' : 'router',
      {
        frontend: [
          ...(engine === 'haproxy' ? [] : engineStatements(engine)),
          `errorfile 403 ${page}`,
          'errorloc302 404 /é日',
          'http-request deny deny_status 404 if { path /gone }',
          `http-request return content-type image/x-icon file ${icon} if { path /icon }`,
          'http-request return content-type text/é日 hdr X-Env %[env(HEADGATE_WORD)] hdr X-Foo %[req.hdr(foo),url_dec] lf-string "é %[req.hdr(foo),url_dec]\\n" if { path /foo }',
          'http-request redirect location / set-cookie A=é日 if { path /cookie }',
          'http-request deny',
        ],
      },
      { env: { HEADGATE_WORD: 'é日' } },
    );
    const get = async (path: string): Promise<readonly [head: string, body: string | undefined]> => {
      const [head = '', body] = (
        await exchange(
          t,
          port,
          `GET ${path} HTTP/1.1\r\nHost: a\r\nFoo: a%0d%0aX: b%00%09%ff\r\nConnection: close\r\n\r\n`,
        )
      ).split('\r\n\r\n', 2);
      return [head, body];
    };
    assert.equal((await get('/icon'))[1], '\0\x01\xff\xfe\xc3(\r\n');
    const [head, body] = await get('/foo');
    assert.match(head, /^x-env: \xc3\xa9\xe6\x97\xa5\r$/m);
    assert.match(head, /^content-type: text\/\xc3\xa9\xe6\x97\xa5\r?$/m);
    assert.match(head, /^x-foo: a%0D%0AX: b%00\t\xff\r$/m);
    assert.equal(body, '\xc3\xa9 a%0D%0AX: b%00\t\xff\n');
    assert.match((await get('/gone'))[0], /^location: \/\xc3\xa9\xe6\x97\xa5\r?$/m);
    assert.match((await get('/cookie'))[0], /^set-cookie: A=\xc3\xa9\xe6\x97\xa5; path=\/;\r?$/m);
    const [denied, text] = await get('/other');
    assert.match(denied, /^x-page: ours\r?$/m);
    assert.equal(text, 'Gr\xfc\xdfe\n');
  });
}

forEachRouter('an errorloc is logged with the status of the page that it replaces', async (t, router) => {
  const { port, syslog } = await startRouting(t, router, {
    frontend: ['errorloc303 403 /login', 'http-request deny if { path /secret }'],
    backend: ['errorloc 503 /sorry'],
  });
  for (const [path, status, logged] of [
    ['/secret', 303, 403],
    ['/nobody', 302, 503],
  ] as const) {
    const bytes = await exchange(t, port, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    assert.match(bytes, new RegExp(`^HTTP/1\\.1 ${status} `));
    await syslog.message(new RegExp(` ${logged} .* "GET ${path} HTTP`));
  }
});

forEachRouter('a status that an http-errors section has no page for is sent without a page', async (t, router) => {
  const dir = new TempDir(t);
  const file = dir.write('503.http', 'HTTP/1.1 503 Ours\r\nContent-Length: 0\r\n\r\n');
  const { port } = await startRouting(t, router, {
    sections: { 'http-errors site': [`errorfile 503 ${file}`] },
    frontend: ['errorfiles site 503 404', 'http-request deny deny_status 403 errorfiles site'],
  });
  const bytes = await exchange(t, port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  assert.equal(bytes, 'HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
});

forEachRouter(
  'a redirect in the place of a response keeps the connection of a request with a body',
  async (t, router) => {
    const app = await startApp(t);
    const { port, syslog } = await startRouting(t, router, {
      frontend: ['http-response redirect location /moved'],
      backend: [`server s 127.0.0.1:${app.port}`],
    });
    const bytes = await exchange(
      t,
      port,
      'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nxGET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    );
    assert.equal(bytes.match(/^HTTP\/1\.1 302 /gm)?.length, 2);
    await syslog.message(/apps\/s \d+\/\d+\/\d+\/-1\/\d+ 302 .* LH-- .* "POST/);
  },
);

forEachRouter('a rule that denies a complete request with 413 or 422 keeps its connection', async (t, router) => {
  const { port } = await startRouting(t, router, {
    frontend: ['http-request deny deny_status 413 if { path /a }', 'http-request deny deny_status 422'],
  });
  const post = (path: string, field: string): string =>
    `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n${field}\r\nx`;
  const bytes = await exchange(t, port, post('/a', '') + post('/b', '') + post('/c', 'Connection: close\r\n'));
  assert.deepEqual(bytes.match(/^HTTP\/1\.1 \d+/gm), ['HTTP/1.1 413', 'HTTP/1.1 422', 'HTTP/1.1 422']);
});
