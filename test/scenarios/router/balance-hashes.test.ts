import assert from 'node:assert/strict';
import test from 'node:test';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { missing } from '../../support/programs.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';
import { compare, startAll, startCookieApp } from '../../support/sticky.ts';
import type { Asked } from '../../support/sticky.ts';
import { until } from '../../support/until.ts';

const skip = missing('haproxy');

/** Every combination that HAProxy 2.6 has. */
const TYPES = ['map-based', 'consistent'].flatMap((method) => [
  `hash-type ${method}`,
  ...['sdbm', 'djb2', 'wt6', 'crc32'].flatMap((name) => [
    `hash-type ${method} ${name}`,
    `hash-type ${method} ${name} avalanche`,
  ]),
]);
const KEYS = [
  'balance uri',
  'balance hdr(x-key)',
  'balance hash req.hdr(x-key),lower',
  'balance source',
  'balance hash src',
];

test('every hash-type and key finds the server that HAProxy finds', { skip, timeout: 60_000 }, async (t) => {
  const ports = await Promise.all(['a', 'b', 'c'].map((name) => startCookieApp(t, name)));
  const servers = ports.map((port, at) => `server ${'abc'[at]} 127.0.0.1:${port} weight ${at + 1} id ${9 - at}`);
  const ways = TYPES.flatMap((type) => KEYS.map((key) => [type, key, ...servers]));
  const routers = await startAll(t, {
    frontend: ['use_backend %[path,field(2,/)]'],
    backends: Object.fromEntries(ways.map((lines, at) => [`w${at}`, lines])),
    backend: ['server none 127.0.0.1:1 disabled'],
  });
  const asked = ways.flatMap((_, at): Asked[] =>
    ['One', 'two', 'THREE', 'x'.repeat(40)].map((key, n) => ({
      target: `/w${at}/${key}`,
      lines: [`X-Key: ${key}`],
      from: `127.0.0.${n + 1}`,
    })),
  );
  await compare(t, routers, asked);
});

test(
  'requests without the value that is hashed go in turn, in the order of HAProxy',
  { skip, timeout: 60_000 },
  async (t) => {
    const ports = await Promise.all(['a', 'b', 'c'].map((name) => startCookieApp(t, name)));
    const servers = ports.map((port, at) => `server ${'abc'[at]} 127.0.0.1:${port} weight ${at + 1}`);
    const routers = await startAll(t, {
      frontend: ['use_backend %[path,field(2,/)]'],
      backends: {
        map: ['balance hdr(x-key)', ...servers],
        ring: ['balance url_param id', 'hash-type consistent', ...servers],
      },
      backend: ['server none 127.0.0.1:1 disabled'],
    });
    const asked = ['map', 'ring'].flatMap((name) => Array.from({ length: 30 }, (): Asked => ({ target: `/${name}` })));
    await compare(t, routers, asked);
  },
);

for (const balance of ['balance url_param id check_post', 'balance url_param id'])
  test(`${balance} finds the parameter in the body of a POST`, { skip, timeout: 60_000 }, async (t) => {
    const ports = await Promise.all(['a', 'b', 'c'].map((name) => startCookieApp(t, name)));
    const routers = await startAll(t, {
      backend: [balance, 'hash-type consistent', ...ports.map((port, at) => `server ${'abc'[at]} 127.0.0.1:${port}`)],
    });
    const bodies = [
      'id=1',
      'id=22',
      'x=1&id=333',
      'xid=5&id=4',
      'id=4 4',
      'a b&id=22',
      'id=%41+b',
      'id=',
      'id= x',
      'id=2é,&x=1',
    ];
    const asked = bodies.flatMap((body): Asked[] => [
      { method: 'POST', target: '/', body },
      { method: 'POST', target: '/?id=9', body },
    ]);
    await compare(t, routers, asked);
  });

forEachRouter('hash-balance-factor sends what is above the share of a server to the next one', async (t, router) => {
  const apps = await Promise.all(['a', 'b', 'c'].map((name) => startApp(t, { name })));
  const { url } = await startRouting(t, router, {
    backend: [
      'balance uri',
      'hash-type consistent',
      'hash-balance-factor 150',
      ...apps.map(({ name, port }) => `server ${name} 127.0.0.1:${port}`),
    ],
  });
  const answers = [];
  for (let turn = 0; turn < 6; turn += 1) {
    const before = apps.map(({ held }) => held);
    answers.push(request(`${url}/held`));
    await until('the request', () => apps.some(({ held }, at) => held > (before[at] ?? 0)));
  }
  // One key: without the factor a single server would have all six. HAProxy fills one after the other on the ring.
  assert.deepEqual(apps.map(({ held }) => String(held)).toSorted(), ['0', '3', '3']);
  for (const app of apps) app.release();
  await Promise.all(answers);
});
