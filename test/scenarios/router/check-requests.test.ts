import assert from 'node:assert/strict';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { freePort } from '../../support/ports.ts';
import { ROUTERS, missing, startProgram } from '../../support/programs.ts';
import type { Router } from '../../support/programs.ts';
import { RawServer } from '../../support/raw.ts';
import { request } from '../../support/client.ts';
import { startRouting } from '../../support/routing.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

const OLD = 'GET /d HTTP/1.1\\r\\nHost:\\ d';

/** The check settings of a defaults section, and those of a backend that inherits it. */
const DEFAULTS: readonly (readonly string[])[] = [
  [],
  ['option httpchk GET /d'],
  [`option httpchk ${OLD}`],
  ['option httpchk GET /d', 'http-check send ver HTTP/1.1 hdr Host d hdr X-D 1', 'http-check expect status 204'],
  ['http-check send meth HEAD uri /d'],
];
const BACKENDS: readonly (readonly string[])[] = [
  ['option httpchk'],
  ['option httpchk POST /b'],
  ['option httpchk GET /b HTTP/1.1'],
  ['option httpchk GET /b', 'http-check send hdr X-B 2'],
  ['http-check send hdr X-B 2', 'option httpchk GET /b'],
  ['http-check send meth PUT uri /s ver HTTP/1.1', 'option httpchk /b'],
  ['option httpchk GET /b HTTP/1.1\\r\\nX-Q:\\ 1', 'http-check send meth PUT'],
  ['option httpchk GET /b HTTP/1.1\\r\\nX-Q:\\ 1', 'http-check send hdr X-B 2'],
  ['option httpchk GET /b HTTP/1.1\\r\\nX-Q:\\ 1', 'option httpchk HEAD /c'],
  ['option httpchk GET /b#fragment', 'http-check expect status 204'],
];
/** Only with an inherited request: otherwise neither of them checks over HTTP. */
const INHERITING: readonly (readonly string[])[] = [
  [],
  ['http-check send hdr X-B 2'],
  ['http-check send meth PUT uri /b'],
];
const HEADERS: readonly (readonly string[])[] = [
  ['hdr Connection Upgrade hdr Upgrade websocket hdr Sec-WebSocket-Key eA== hdr X-A 1'],
  ['hdr connection close'],
  ['hdr Connection a hdr Connection b'],
  ['hdr Content-Length 5'],
  ['body hello'],
  ['hdr Content-Length 99 body hello'],
].map(([send = '']) => ['option httpchk', `http-check send ver HTTP/1.1 ${send}`]);
const ALONE: readonly (readonly string[])[] = [
  ...['GET', 'HEAD', 'OPTIONS', 'DELETE', 'PATCH', 'TRACE', 'PURGE'].map((method) => [
    `option httpchk ${method} / HTTP/1.1`,
  ]),
  ['option httpchk', 'http-check send hdr Connection keep-alive'],
  ['option httpchk', 'http-check send uri-lf "/%[srv_name]/%[be_name]" hdr Host "%[srv_name].%[be_name]:%[srv_id]"'],
  ['option httpchk', 'http-check send uri-lf "%[var(check.none)]"'],
  ['option httpchk GET / HTTP/1.1\\r\\nConnection:\\ Upgrade\\r\\nUpgrade:\\ h2c'],
  ['option httpchk POST / HTTP/1.0\\r\\nX:\\ 1\\r\\n\\r\\nhello'],
];

const CASES = [
  ...DEFAULTS.flatMap((defaults, index) =>
    [...BACKENDS, ...(index === 0 || index === 4 ? [] : INHERITING)].map((lines) => ({ defaults, lines })),
  ),
  ...[...HEADERS, ...ALONE].map((lines) => ({ defaults: [], lines })),
];

/** The bytes of the first check of each case. */
async function checkRequests(t: TestContext, router: Router): Promise<readonly string[]> {
  const seen = new Map<number, string>();
  const text = [];
  for (const [index, { defaults, lines }] of CASES.entries()) {
    const server = await RawServer.listen(t, (connection) => {
      connection.socket.on('data', () => {
        const bytes = connection.text;
        const length = Number(/\r\ncontent-length: (\d+)/.exec(bytes)?.[1] ?? 0);
        const end = bytes.indexOf('\r\n\r\n');
        if (end < 0 || bytes.length < end + 4 + length) return;
        if (!seen.has(index)) seen.set(index, bytes);
        connection.send('HTTP/1.1 204 No Content\r\n\r\n');
      });
    });
    text.push(
      ['defaults', 'mode http', 'timeout connect 2s', 'timeout client 2s', 'timeout server 2s', ...defaults].join('\n'),
      [`backend b${index}`, ...lines, `server s 127.0.0.1:${server.port} check inter 500ms`].join('\n'),
    );
  }
  const port = await freePort();
  text.push(`frontend f\nbind 127.0.0.1:${port}\ndefault_backend b0\n`);
  const file = new TempDir(t).write('haproxy.cfg', text.join('\n'));
  await startProgram(t, router, file, [port]);
  await until('a check of each server', () => seen.size === CASES.length);
  return CASES.map(({ defaults, lines }, index) => [...defaults, '|', ...lines, '→', seen.get(index)].join(' '));
}

test(
  "checks send HAProxy's bytes, for every combination of defaults and backend",
  { skip: missing('haproxy'), timeout: 300_000 },
  async (t) => {
    const [theirs, ours] = await Promise.all(ROUTERS.map((router) => checkRequests(t, router)));
    assert.deepEqual(ours, theirs);
  },
);

for (const [form, lines] of Object.entries({
  'http-check send': [
    'option httpchk GET /',
    'http-check send ver HTTP/1.1 hdr Host a hdr Connection Upgrade hdr Upgrade websocket hdr Sec-WebSocket-Version 13',
  ],
  'option httpchk': [
    'option httpchk GET / HTTP/1.1\\r\\nHost:\\ a\\r\\nConnection:\\ Upgrade\\r\\nUpgrade:\\ websocket\\r\\nSec-WebSocket-Version:\\ 13',
  ],
})) {
  test(`a WebSocket-only server is up with '${form}'`, { timeout: 300_000 }, async (t) => {
    let upgraded = 0;
    const server = await RawServer.listen(t, (connection) => {
      connection.socket.once('data', () => {
        const head = connection.text.toLowerCase();
        const wanted = ['connection: upgrade\r\n', 'upgrade: websocket\r\n', 'sec-websocket-key: '];
        if (!head.startsWith('get / ')) connection.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
        else if (wanted.every((line) => head.includes(line))) {
          upgraded += 1;
          connection.send('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
        } else connection.send('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n');
      });
    });
    const { url, process } = await startRouting(t, 'router', {
      backend: [...lines, 'http-check expect status 101', `server s 127.0.0.1:${server.port} check inter 2s fall 1`],
    });
    await until('a second check, the first one has finished', () => upgraded >= 2);
    assert.equal((await request(`${url}/page`)).status, 200);
    assert.doesNotMatch(process.stderr, /DOWN/);
  });
}
